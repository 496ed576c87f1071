/** Makes an engine of a program that is started for each job. */
import { access, constants, writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { Reason } from '@style-license/shared';
import { isDiskFull } from '../attempt-error.ts';
import { supervise, type Ended, type ProcessEnd } from '../process/supervise.ts';
import type { Engine, EngineOutcome, RunOptions } from './engine.ts';
import type { Invocation, ProcessAdapter } from './process-adapter.ts';

export interface ProcessEngineOptions {
  /** Path of the program; a script of Node's is started with this very Node. */
  program: string;
  /** The whole environment of the engine. */
  env: Record<string, string>;
  graceMs: number;
}

/** What the engine said of itself. */
interface Seen {
  error: { reason: Reason; message: string } | null;
  delivered: number;
}

const REASON_OF_END: Record<Exclude<Ended, null>, Reason> = { timeout: 'timeout', stalled: 'stalled', aborted: 'cancelled' };
const NODE_SCRIPTS: ReadonlySet<string> = new Set(['.ts', '.mts', '.js', '.mjs']);

export function processEngine(adapter: ProcessAdapter, options: ProcessEngineOptions): Engine {
  return {
    name: adapter.name,
    baseModel: adapter.baseModel,
    kinds: adapter.kinds,
    missing: () => missingProgram(options.program),
    generate: (request, run) => runProcess(adapter, options, adapter.generate(request), request.folder, request.count, run),
    train: (request, run) => runProcess(adapter, options, adapter.train(request), request.folder, request.epochs - (request.resume?.epoch ?? 0), run),
  };
}

async function missingProgram(program: string): Promise<string | null> {
  try {
    await access(program, NODE_SCRIPTS.has(extname(program)) ? constants.R_OK : constants.X_OK);
    return null;
  } catch (error) {
    return `${basename(program)} cannot be started: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`;
  }
}

async function runProcess(
  adapter: ProcessAdapter, options: ProcessEngineOptions, invocation: Invocation, folder: string, expected: number, run: RunOptions,
): Promise<EngineOutcome> {
  for (const { path, content } of invocation.files) await writeFile(path, content);
  const seen: Seen = { error: null, delivered: 0 };
  const isScript = NODE_SCRIPTS.has(extname(options.program));
  const end = await supervise(
    {
      program: isScript ? process.execPath : options.program,
      args: isScript ? [options.program, ...invocation.args] : invocation.args,
      cwd: folder,
      env: options.env,
      totalMs: run.totalMs,
      inactivityMs: run.inactivityMs,
      graceMs: options.graceMs,
      onSpawn: run.onSpawn,
      onStdoutLine: (line) => {
        for (const event of adapter.readLine(line)) {
          if (event.type === 'error') seen.error = event;
          if (event.type === 'image' || event.type === 'weights') seen.delivered++;
          run.onEvent(event);
        }
      },
    },
    run.signal,
  );
  const log = describe(end, seen.error);
  return { reason: reasonOf(adapter, end, log, seen, expected), log, ms: end.ms };
}

function reasonOf(adapter: ProcessAdapter, end: ProcessEnd, log: string, seen: Seen, expected: number): Reason {
  if (end.endedBy !== null) return REASON_OF_END[end.endedBy];
  if (end.startError !== null) return isDiskFull(end.startError) ? 'disk_full' : 'engine_missing';
  return adapter.reasonOf({ code: end.code, signal: end.signal, log, ...seen, expected });
}

function describe(end: ProcessEnd, error: { message: string } | null): string {
  const how = end.startError !== null ? `could not be started: ${end.startError.message}` : end.signal !== null ? `ended by ${end.signal}` : `exit ${end.code}`;
  return [end.stderrTail.trimEnd(), error?.message, end.endedBy === null ? how : `${end.endedBy}; ${how}`].filter(Boolean).join('\n');
}
