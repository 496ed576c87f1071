/** One line style for all processes: `12:34:56 api     warn  message key=value`. */
import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters, styleText } from 'node:util';

const LEVELS: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
const LEVEL_BY_NAME = Object.fromEntries(Object.entries(LEVELS).map(([number, name]) => [name, Number(number)]));
const NAME_WIDTH = 7;
/** Said by each line of its own, or of no use to a reader. */
const HIDDEN = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'name', 'v']);
const LARGE_LOG_BYTES = 20_000_000;

export interface LogSink {
  /** A line of our own. */
  say(name: string, level: string, message: string): void;
  /** Every line of a child's stream: whole into its file, and on the terminal from the wanted level on. */
  follow(name: string, stream: Readable): void;
  close(): void;
}

export function openLog(folder: string, terminalLevel: string, raw: boolean): LogSink {
  mkdirSync(folder, { recursive: true });
  const files = new Map<string, WriteStream>();
  const threshold = LEVEL_BY_NAME[terminalLevel] ?? 40;

  const file = (name: string): WriteStream => {
    const open = files.get(name) ?? createWriteStream(rotated(join(folder, `${name}.log`)), { flags: 'a' });
    files.set(name, open);
    return open;
  };
  const print = (time: number, name: string, level: number, message: string, rest: string) => {
    const clock = new Date(time).toTimeString().slice(0, 8);
    const word = (LEVELS[level] ?? 'info').padEnd(5);
    const coloured = level >= 50 ? styleText('red', word) : level >= 40 ? styleText('yellow', word) : word;
    process.stdout.write(`${styleText('dim', clock)} ${name.padEnd(NAME_WIDTH)} ${coloured} ${message}${rest && styleText('dim', rest)}\n`);
  };

  return {
    say(name, level, message) {
      const number = LEVEL_BY_NAME[level] ?? 30;
      if (raw) process.stdout.write(`${JSON.stringify({ level: number, time: Date.now(), name, msg: message })}\n`);
      else print(Date.now(), name, number, message, '');
    },
    follow(name, stream) {
      const out = file(name);
      createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
        out.write(`${line}\n`);
        if (raw) {
          process.stdout.write(`${line}\n`);
          return;
        }
        const record = parse(line);
        // What is no log line is a crash's stack or a tool's own words: never hidden.
        if (!record) process.stdout.write(`${styleText('dim', new Date().toTimeString().slice(0, 8))} ${name.padEnd(NAME_WIDTH)} ${stripVTControlCharacters(line)}\n`);
        else if (record.level >= threshold) print(record.time, name, record.level, record.msg, details(record));
      });
    },
    close() {
      for (const stream of files.values()) stream.end();
    },
  };
}

interface LogRecord { level: number; time: number; msg: string; [key: string]: unknown }

function parse(line: string): LogRecord | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const record = JSON.parse(line) as Record<string, unknown>;
    const level = typeof record['level'] === 'string' ? (LEVEL_BY_NAME[record['level']] ?? 30) : Number(record['level'] ?? 30);
    const time = new Date((record['time'] as string | number | undefined) ?? Date.now()).getTime();
    return { ...record, level, time, msg: typeof record['msg'] === 'string' ? record['msg'] : '' };
  } catch {
    return undefined; // looks like JSON and is not: shown as it is
  }
}

function details(record: LogRecord): string {
  const words: string[] = [];
  for (const [key, value] of Object.entries(record)) {
    if (HIDDEN.has(key)) continue;
    if (key === 'err' && value && typeof value === 'object') words.push(`\n${(value as { stack?: string }).stack ?? JSON.stringify(value)}`);
    else words.push(` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  }
  return words.join('');
}

function rotated(path: string): string {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LARGE_LOG_BYTES) renameSync(path, `${path}.1`);
  return path;
}
