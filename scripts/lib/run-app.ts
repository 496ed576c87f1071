import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './free-ports.ts';

export interface RunningApp {
  url: string;
  dataDir: string;
  port: number;
  /** Ends it as Ctrl-C does, and removes its data. */
  stop(): Promise<void>;
}

const START_LIMIT_MS = 240_000;

/** A fresh Style License of its own, by the very command that people use: own ports, own data, no demo. */
export async function runApp(extra: NodeJS.ProcessEnv = {}, options: { quiet?: boolean } = {}): Promise<RunningApp> {
  const [port] = await freePorts(3);
  const dataDir = await mkdtemp(join(tmpdir(), 'style-license-app-'));
  await chmod(dataDir, 0o755); // as root its Postgres runs as another user, who must get there
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'start.ts')], {
    detached: true, // its own group: a Ctrl-C meant for us is passed on in order, by stop()
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, DEMO: 'off', STORE_PORT: '', APP_ORIGIN: '', STORE_ORIGIN: '', ...withoutEmpty(extra) },
  });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  let output = '';
  const url = `http://localhost:${port}`;
  const ready = new Promise<void>((done) => {
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (!options.quiet) process.stdout.write(text);
      if (output.includes(`\n  ${url}\n`)) done();
    });
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
    await rm(dataDir, { recursive: true, force: true });
  };
  const timer = new Promise<string>((done) => { setTimeout(() => done('in time'), START_LIMIT_MS).unref(); });
  const failure = await Promise.race([ready.then(() => undefined), ended.then((code) => `at all (exit code ${code})`), timer]);
  if (failure) {
    await stop();
    throw new Error(`The app did not start ${failure}${options.quiet ? `:\n${output}` : '; what it said stands above'}`);
  }
  return { url, dataDir, port: port!, stop };
}

const withoutEmpty = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv => Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined));
