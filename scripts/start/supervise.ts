import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { LogSink } from './log-lines.ts';
import { ROOT } from './settings.ts';

export interface ProcessSpec {
  /** Prefix of its log lines, name of its log file. */
  name: string;
  /** Node's arguments: options, program, its arguments. */
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Started again when it ends by itself. */
  restart: boolean;
  /** Ends within this long after SIGTERM, or is killed. */
  graceMs?: number;
  onMessage?: (message: unknown) => void;
  onPid?: (pid: number | undefined) => void;
}

export interface Supervised {
  name: string;
  /** Rejects when it ends before `markReady`: a fault in its settings, not a moment's weakness. */
  failedEarly: Promise<never>;
  markReady(): void;
  /** Resolves when it will not run again by itself (it ended and is not restarted, or was stopped). */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  stop(): Promise<void>;
  kill(): void;
}

const BACKOFF_FIRST_MS = 500;
const BACKOFF_MAX_MS = 30_000;
/** Ran this long: the next end counts as the first again. */
const STABLE_MS = 60_000;
/** The longest grace any of our processes asks for is ten seconds. */
const GRACE_MS = 12_000;
const GUARD = new URL('./orphan-guard.ts', import.meta.url).href;

/** Starts a process and keeps it running: it is started again with growing delays when it ends by itself, and that is said. */
export function supervise(spec: ProcessSpec, log: LogSink): Supervised {
  let child: ChildProcess | undefined;
  let stopping = false;
  let ready = false;
  let restarts = 0;
  const wait = new AbortController();
  const early = Promise.withResolvers<never>();
  early.promise.catch(() => undefined); // nobody may be waiting any more
  const ended = Promise.withResolvers<{ code: number | null; signal: NodeJS.Signals | null }>();

  const launch = (): void => {
    const startedAt = performance.now();
    // A process group of its own: Ctrl-C in a terminal reaches only us, and we end them in the right order.
    child = spawn(process.execPath, ['--import', GUARD, ...spec.args], {
      cwd: spec.cwd ?? ROOT, env: spec.env, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    spec.onPid?.(child.pid);
    if (child.stdout) log.follow(spec.name, child.stdout);
    if (child.stderr) log.follow(spec.name, child.stderr);
    if (spec.onMessage) child.on('message', spec.onMessage);
    child.once('error', (error) => log.say(spec.name, 'error', `could not be started: ${error.message}`));
    child.once('close', (code, signal) => {
      child = undefined;
      spec.onPid?.(undefined);
      if (stopping || !spec.restart) {
        ended.resolve({ code, signal });
        return;
      }
      const how = signal ? `was ended by ${signal}` : `ended with exit code ${code ?? '?'}`;
      if (!ready) {
        early.reject(new Error(`${spec.name} ${how}; what it said stands above.`));
        ended.resolve({ code, signal });
        return;
      }
      if (performance.now() - startedAt > STABLE_MS) restarts = 0;
      const pauseMs = Math.min(BACKOFF_FIRST_MS * 2 ** restarts, BACKOFF_MAX_MS);
      restarts += 1;
      log.say(spec.name, 'warn', `${how}; starting it again in ${pauseMs / 1000} s`);
      delay(pauseMs, undefined, { signal: wait.signal }).then(launch, () => ended.resolve({ code, signal }));
    });
  };

  const signalGroup = (signal: NodeJS.Signals): void => {
    if (!child?.pid) return;
    try {
      process.kill(signal === 'SIGKILL' ? -child.pid : child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };

  launch();
  return {
    name: spec.name,
    failedEarly: early.promise,
    markReady: () => { ready = true; },
    ended: ended.promise,
    stop: async () => {
      stopping = true;
      wait.abort();
      if (!child) return;
      signalGroup('SIGTERM');
      const graceful = await Promise.race([ended.promise.then(() => true), delay(spec.graceMs ?? GRACE_MS, false, { ref: false })]);
      if (graceful) return;
      log.say(spec.name, 'warn', 'did not end in time and is killed');
      signalGroup('SIGKILL');
      await ended.promise;
    },
    kill: () => {
      stopping = true;
      wait.abort();
      signalGroup('SIGKILL');
    },
  };
}
