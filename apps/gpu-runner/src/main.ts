/** The runner's process: settings, log, signals. */
import { pino, stdTimeFunctions } from 'pino';
import sharp from 'sharp';
import { readEnv, type Env } from './env.ts';
import { startRunner, type Runner } from './runner.ts';

const env = readSettings();
const log = pino({
  level: env.logLevel,
  base: { service: 'runner', runner: env.name, pid: process.pid },
  timestamp: stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
});
// Finishing stands beside a working engine: one thread, and nothing kept from one picture to the next.
sharp.concurrency(1);
sharp.cache(false);

const startStop = new AbortController();
let runner: Runner | null = null;
process.on('unhandledRejection', (error) => {
  // The claims are on disk: the next start gives them back.
  log.fatal({ err: error }, 'a fault in the runner itself');
  process.exit(1);
});
for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => void stop(name));

try {
  runner = await startRunner(env, log, startStop.signal);
} catch (error) {
  if (startStop.signal.aborted) process.exit(0);
  log.fatal({ err: error }, 'the runner cannot start');
  process.exit(1);
}
// Told to end while it was starting.
if (startStop.signal.aborted) await end(runner, env.stopMs);

async function stop(signal: NodeJS.Signals): Promise<void> {
  // Told twice: at once. The jobs are given back instead of finished.
  const withinMs = startStop.signal.aborted ? 0 : env.stopMs;
  log.info({ signal, withinMs }, 'stopping');
  startStop.abort();
  if (runner !== null) await end(runner, withinMs);
}

async function end(started: Runner, withinMs: number): Promise<void> {
  await started.stop(withinMs);
  process.exit(0);
}

function readSettings(): Env {
  try {
    return readEnv();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  }
}
