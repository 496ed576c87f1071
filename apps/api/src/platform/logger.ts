import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';

export type { Logger };

/** Never written, wherever they turn up: secrets, personal data, what people ask for. */
const SECRET_KEYS = [
  'password', 'next', 'current', 'token', 'code', 'email', 'phone', 'cookie', 'authorization', 'prompt', 'description', 'passwordHash', 'secret',
];

/** JSON lines with ISO time and a level by name. */
export function createLogger(options: { level: string; service: string }, out?: DestinationStream): Logger {
  const settings = {
    level: options.level,
    base: { service: options.service, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: [...SECRET_KEYS, ...SECRET_KEYS.map((key) => `*.${key}`), 'req.headers', 'headers'], censor: '[hidden]' },
  };
  return out ? pino(settings, out) : pino(settings);
}
