/**
 * Runs one engine as a supervised child: in a process group of its own, so that its own children die with it; at lower
 * priority, so that the runner stays awake; ended by SIGTERM, then SIGKILL. `ended` resolves when the streams are closed, never
 * when a signal was merely sent: only then has the machine got its memory back.
 */
import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { LineSplitter, Tail } from './lines.ts';

export interface ProcessSpec {
  program: string;
  args: readonly string[];
  cwd: string;
  /** All that the child sees of the environment. */
  env: Record<string, string>;
  /** Null: no limit of its own, as for a program that stays between jobs. */
  totalMs: number | null;
  /** No output for this long: stalled. */
  inactivityMs: number | null;
  /** Between SIGTERM and SIGKILL. */
  graceMs: number;
  onStdoutLine: (line: string) => void;
  onStderrLine?: (line: string) => void;
  /** Told once the child runs, so that it can be found again after a crash of the runner. */
  onSpawn?: (pid: number) => void;
}

/** Why the supervisor itself ended the child; null when the child ended by itself. */
export type Ended = 'timeout' | 'stalled' | 'aborted' | null;

export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  endedBy: Ended;
  /** The program could not be started at all. */
  startError: NodeJS.ErrnoException | null;
  stderrTail: string;
  ms: number;
}

const ENGINE_NICENESS = 10;
const STDERR_TAIL_CHARS = 4_000;

/** Starts the child and resolves at its end. It never rejects: how a child ended is a value. */
export function supervise(spec: ProcessSpec, signal: AbortSignal): Promise<ProcessEnd> {
  const begun = performance.now();
  const stderr = new Tail(STDERR_TAIL_CHARS);
  const timers = new Set<NodeJS.Timeout>();
  let endedBy: Ended = null;
  let startError: NodeJS.ErrnoException | null = null;

  return new Promise((resolve) => {
    const finish = (code: number | null, childSignal: NodeJS.Signals | null): void => {
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve({ code, signal: childSignal, endedBy, startError, stderrTail: stderr.toString(), ms: performance.now() - begun });
    };
    const child = spawn(spec.program, [...spec.args], { cwd: spec.cwd, env: spec.env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });

    const end = (by: Exclude<Ended, null>): void => {
      if (endedBy !== null) return;
      endedBy = by;
      signalGroup(child.pid, 'SIGTERM');
      timers.add(setTimeout(() => signalGroup(child.pid, 'SIGKILL'), spec.graceMs));
    };
    const abort = (): void => end('aborted');
    const limit = (ms: number | null, by: 'stalled' | 'timeout'): NodeJS.Timeout | null => {
      if (ms === null) return null;
      const timer = setTimeout(() => end(by), ms);
      timers.add(timer);
      return timer;
    };
    const inactivity = limit(spec.inactivityMs, 'stalled');
    limit(spec.totalMs, 'timeout');

    const out = new LineSplitter(spec.onStdoutLine);
    const err = new LineSplitter((line) => {
      stderr.add(line);
      spec.onStderrLine?.(line);
    });
    child.stdout.on('data', (chunk: Buffer) => {
      inactivity?.refresh();
      out.write(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      inactivity?.refresh();
      err.write(chunk);
    });
    child.on('error', (error) => {
      // Also raised when a signal could not be delivered; only a child without a pid never started.
      if (child.pid !== undefined) return;
      startError = error;
      finish(null, null);
    });
    child.on('spawn', () => {
      lowerPriority(child.pid!);
      spec.onSpawn?.(child.pid!);
    });
    // What the engine itself started and left behind would keep the pipes, and so the slot, for ever.
    child.on('exit', () => signalGroup(child.pid, 'SIGKILL'));
    child.on('close', (code, childSignal) => {
      out.end();
      err.end();
      finish(code, childSignal);
    });
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

/** Signals a whole process group; a group that is gone is what was wanted. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, ENGINE_NICENESS);
  } catch (error) {
    // Gone already, or the system forbids it: the work is the same, only less polite.
    if (!['ESRCH', 'EACCES', 'EPERM'].includes(errorCode(error))) throw error;
  }
}

function errorCode(error: unknown): string {
  const info = (error as { info?: { code?: string }; code?: string }).info;
  return info?.code ?? (error as { code?: string }).code ?? '';
}
