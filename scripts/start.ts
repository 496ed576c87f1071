/**
 * `npm start`: the whole of Style License on one machine. Starts the database (yours by DATABASE_URL, else embedded), brings it up
 * to date, builds the page when it changed, starts api, worker and runner as processes of their own, and watches over them.
 * `npm run dev` is the same with hot reload: Vite before the api, and each process started again when its code changes.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { generateClient } from './generate.ts';
import { childEnvironments, type Environments } from './start/child-environment.ts';
import { startDatabase } from './start/database.ts';
import { endLeftovers, openRoll } from './start/leftovers.ts';
import { openLog, type LogSink } from './start/log-lines.ts';
import { readOrMakeSecrets } from './start/secrets.ts';
import { readSettings, ROOT, type StartSettings } from './start/settings.ts';
import { takeStartLock } from './start/start-lock.ts';
import { supervise, type ProcessSpec, type Supervised } from './start/supervise.ts';
import { buildWeb, viteProgram } from './start/web-build.ts';

const HEALTHY_LIMIT_MS = 60_000;
const DEMO_ACCOUNTS_LIMIT_MS = 15_000;

/** What is to be undone, last first, when it ends. */
const undo: (() => Promise<void> | void)[] = [];
const processes: Supervised[] = [];
const stop = new AbortController();
const stopping = stop.signal;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stopping.aborted) {
      // Asked twice: at once. The next start recovers.
      for (const child of processes) child.kill();
      process.exit(1);
    }
    process.stdout.write('\nStopping …\n');
    stop.abort();
  });
}

// Settings of this checkout, for those who prefer a file; the environment goes before it.
if (existsSync(join(ROOT, '.env'))) process.loadEnvFile(join(ROOT, '.env'));

const stopped = once(stopping, 'abort');
let failure: unknown;
try {
  await start(readSettings(process.env, process.argv.slice(2)));
  await stopped;
} catch (error) {
  failure = stopping.aborted ? undefined : error;
}
stop.abort();
if (failure) process.stderr.write(`\n${failure instanceof Error ? failure.message : JSON.stringify(failure)}\n`);
for (const action of undo.toReversed()) await action();
if (!failure) process.stdout.write('Stopped. Your data is kept.\n');
process.exit(failure ? 1 : 0);

async function start(settings: StartSettings): Promise<void> {
  const releaseLock = await takeStartLock(settings.dataDir, settings.appOrigin);
  undo.push(releaseLock);
  const left = await endLeftovers(settings.dataDir);
  if (left > 0) step(`Ended ${left} process(es) that a killed start had left`);
  await requireFreePort('PORT', settings.port);
  await requireFreePort('STORE_PORT', settings.storePort);

  const secrets = await readOrMakeSecrets(settings.dataDir);
  generateClient();
  const database = await startDatabase(settings, secrets);
  undo.push(database.stop);
  step(`Database ready: ${database.description}`);
  stopping.throwIfAborted();

  if (!settings.dev) {
    step(await buildWeb() ? 'Page built' : 'Page unchanged since it was built');
    stopping.throwIfAborted();
  }

  const log = openLog(join(settings.dataDir, 'logs'), process.env['LOG_LEVEL'] ?? (settings.dev ? 'info' : 'warn'), settings.production);
  undo.push(log.close);
  const environments = childEnvironments(process.env, settings, secrets, database);
  await startProcesses(settings, environments, log);
  step(`api, worker and runner ready; logs in ${join(settings.dataDir, 'logs')}`);

  if (settings.demo) await startDemo(settings, environments, log);
  stopping.throwIfAborted();
  process.stdout.write(`\n  ${settings.appOrigin}\n\n`);
}

/** Stopped in the opposite order: the runner gives back its work while worker and database still take it. */
async function startProcesses(settings: StartSettings, { app, runner }: Environments, log: LogSink): Promise<void> {
  const roll = openRoll(settings.dataDir);
  undo.push(roll.written);
  const watch = settings.dev ? ['--watch', '--watch-preserve-output'] : [];
  const run = (spec: Pick<ProcessSpec, 'name' | 'args' | 'env' | 'cwd'>): Supervised => {
    const child = supervise({ ...spec, restart: true, onPid: (pid) => roll.note(spec.name, pid) }, log);
    processes.push(child);
    undo.push(child.stop);
    return child;
  };
  const worker = run({ name: 'worker', args: [...watch, 'apps/api/src/worker.ts'], env: app });
  const api = run({ name: 'api', args: [...watch, 'apps/api/src/server.ts'], env: app });
  const gpuRunner = run({ name: 'runner', args: [...watch, 'apps/gpu-runner/src/main.ts'], env: runner });
  const all = [worker, api, gpuRunner];
  if (settings.dev) {
    const origin = `http://127.0.0.1:${settings.apiPort}`;
    all.push(run({
      name: 'web', args: [viteProgram(), '--strictPort', '--clearScreen', 'false', '--logLevel', 'warn'], cwd: join(ROOT, 'apps', 'web'),
      env: { ...process.env, WEB_PORT: String(settings.port), API_ORIGIN: origin },
    }));
  }
  await Promise.race([untilHealthy(settings), ...all.map((child) => child.failedEarly)]);
  for (const child of all) child.markReady();
}

interface Health { status: string; checks: Record<string, string> }

/** Healthy, or degraded by nothing but what may come later. */
async function untilHealthy(settings: StartSettings): Promise<void> {
  const deadline = Date.now() + HEALTHY_LIMIT_MS;
  let last = 'it does not answer';
  while (Date.now() < deadline) {
    stopping.throwIfAborted();
    try {
      const response = await fetch(`http://127.0.0.1:${settings.apiPort}/health`);
      const health = (await response.json()) as Health;
      if (health.status === 'healthy') return;
      last = JSON.stringify(health);
    } catch (error) {
      last = String((error as Error).cause ?? error);
    }
    await delay(100);
  }
  throw new Error(`The api did not become healthy in ${HEALTHY_LIMIT_MS / 1000} s: ${last}`);
}

/** The demo gallery fills in the background, by a process that is a client like any other. */
async function startDemo(settings: StartSettings, { app }: Environments, log: LogSink): Promise<void> {
  const accounts = Promise.withResolvers<{ email: string; role: string }[]>();
  const demo = supervise({
    name: 'demo', args: ['scripts/demo/main.ts'], restart: false, graceMs: 3_000,
    env: { ...app, DEMO_URL: `http://127.0.0.1:${settings.apiPort}` },
    onMessage: (message) => accounts.resolve((message as { accounts: { email: string; role: string }[] }).accounts),
  }, log);
  processes.push(demo);
  undo.push(demo.stop);
  void demo.ended.then(({ code }) => {
    if (code !== 0 && !stopping.aborted) log.say('demo', 'warn', 'the demo gallery is not complete; the next start goes on where it stopped');
  });
  const list = await Promise.race([accounts.promise, demo.ended.then(() => []), stopped.then(() => []), delay(DEMO_ACCOUNTS_LIMIT_MS, [], { ref: false })]);
  if (list.length === 0) return;
  process.stdout.write(`\n  Demo sign-ins (development only), password ${settings.demoPassword}\n`);
  for (const { email, role } of list) process.stdout.write(`    ${role.padEnd(14)} ${email}\n`);
}

function step(message: string): void {
  process.stdout.write(`${message}\n`);
}

async function requireFreePort(name: string, port: number): Promise<void> {
  const free = await new Promise<boolean>((done) => {
    const server = createServer().once('error', () => done(false));
    server.listen(port, () => server.close(() => done(true)));
  });
  if (!free) throw new Error(`Port ${port} is taken by another program. Choose another: ${name}=${port + 10} npm start`);
}
