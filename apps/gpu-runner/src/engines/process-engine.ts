/** Makes an engine of a program that is started for each job. */
import { readdirSync, statSync } from 'node:fs';
import { access, constants, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, extname, isAbsolute, join } from 'node:path';
import type { Reason } from '@style-license/shared';
import { stateFile } from '@style-license/shared/server';
import { isDiskFull } from '../attempt-error.ts';
import { supervise, type Ended, type ProcessEnd } from '../process/supervise.ts';
import type { Device, Engine, EngineEvent, EngineOutcome, RunOptions } from './engine.ts';
import { pngFault } from './output-check.ts';
import type { Invocation, ProcessAdapter } from './process-adapter.ts';

export interface ProcessEngineOptions {
  /** Path of the program; a script of Node's is started with this very Node. */
  program: string;
  /** Files that it cannot do without, beside the program. */
  needs?: readonly string[];
  /** The whole environment of the engine. */
  env: Record<string, string>;
  graceMs: number;
}

/** What the engine said of itself, and what was found of it. */
interface Seen {
  error: { reason: Reason; message: string } | null;
  delivered: number;
}
/** What was asked for. */
interface Asked {
  folder: string;
  expected: number;
  size: { width: number; height: number } | null;
  device: Device | null;
}

const REASON_OF_END: Record<Exclude<Ended, null>, Reason> = { timeout: 'timeout', stalled: 'stalled', aborted: 'cancelled' };
const NODE_SCRIPTS: ReadonlySet<string> = new Set(['.ts', '.mts', '.js', '.mjs']);

export function processEngine(adapter: ProcessAdapter, options: ProcessEngineOptions): Engine {
  return {
    name: adapter.name,
    baseModel: adapter.baseModel,
    kinds: adapter.kinds,
    epochs: adapter.epochs,
    usesGpu: adapter.usesGpu,
    takesAhead: false,
    isWarmOn: () => false,
    rest: async () => undefined,
    missing: () => missingFile([options.program, ...(options.needs ?? [])], options.env['PATH']),
    generate: (request, run) => runProcess(adapter, options, adapter.generate(request), { ...request, expected: request.count, size: request }, run),
    train: (request, run) => runProcess(adapter, options, adapter.train(request), { ...request, expected: request.epochs - (request.resume?.epoch ?? 0), size: null }, run),
  };
}

/** The program and its files are there; null, or which is not. A program may be a bare name that PATH finds. */
export async function missingFile(paths: readonly string[], path = ''): Promise<string | null> {
  for (const [i, file] of paths.entries()) {
    const isProgram = i === 0;
    const mode = isProgram && !NODE_SCRIPTS.has(extname(file)) ? constants.X_OK : constants.R_OK;
    const places = isProgram && !isAbsolute(file) && !file.includes('/') ? path.split(delimiter).filter(Boolean).map((folder) => join(folder, file)) : [file];
    const tries = await Promise.all(places.map((place) => access(place, mode).then(() => null, (error: NodeJS.ErrnoException) => error.code ?? error.message)));
    if (!tries.includes(null)) return isProgram ? `${basename(file)} cannot be started: ${tries[0] ?? 'not in PATH'}` : `${basename(file)} cannot be read: ${tries[0]}`;
  }
  return null;
}

/** How a program is started: a script of Node's by this very Node. */
export const commandOf = (program: string, args: readonly string[]): { program: string; args: readonly string[] } =>
  NODE_SCRIPTS.has(extname(program)) ? { program: process.execPath, args: [program, ...args] } : { program, args };

/** Which GPU a program sees: one, by its name that stays the same whatever the order. */
export const deviceEnv = (device: Device | null): Record<string, string> => (device === null ? {} : { CUDA_VISIBLE_DEVICES: device.uuid });

async function runProcess(adapter: ProcessAdapter, options: ProcessEngineOptions, invocation: Invocation, asked: Asked, run: RunOptions): Promise<EngineOutcome> {
  await prepare(invocation);
  const { reader } = invocation;
  const seen: Seen = { error: null, delivered: 0 };
  const stop = new AbortController();
  let lastMs = performance.now();

  const take = (events: readonly EngineEvent[]): void => {
    for (const event of events) {
      const checked = seen.error === null || event.type === 'error' ? check(event, asked) : event;
      if (checked.type === 'error') {
        seen.error ??= checked;
        if (checked.stop) stop.abort();
      }
      // After its own error nothing that it leaves is believed.
      if (seen.error !== null && checked.type !== 'error') continue;
      if (checked.type === 'weights') for (const sample of samplesOf(checked.epoch, invocation.samples)) run.onEvent(sample);
      if (checked.type === 'image' || checked.type === 'weights') {
        seen.delivered++;
        const nowMs = performance.now();
        run.onEvent(checked.ms > 0 ? checked : { ...checked, ms: Math.round(nowMs - lastMs) });
        lastMs = nowMs;
      } else run.onEvent(checked);
    }
  };
  const end = await supervise(
    {
      ...commandOf(options.program, invocation.args),
      cwd: asked.folder,
      env: { ...options.env, ...invocation.env, ...deviceEnv(asked.device) },
      totalMs: run.totalMs,
      inactivityMs: run.inactivityMs,
      graceMs: options.graceMs,
      onSpawn: run.onSpawn,
      onStdoutLine: (line) => take(reader.line(line, 'out')),
      onStderrLine: (line) => take(reader.line(line, 'err')),
    },
    AbortSignal.any([run.signal, stop.signal]),
  );
  const { inSamples } = reader;
  take(reader.end(end.code === 0 && end.endedBy === null));
  const log = describe(end, seen.error);
  const reason = reasonOf(adapter, end, log, seen, asked.expected, run.signal);
  return { reason, log, ms: end.ms, ...(inSamples && reason !== 'ok' && end.endedBy === null ? { inSamples: true } : {}) };
}

async function prepare({ files, links }: Invocation): Promise<void> {
  for (const { path, content } of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  for (const { path, target } of links) {
    await mkdir(dirname(path), { recursive: true });
    await rm(path, { force: true });
    await symlink(target, path);
  }
}

/** A picture must be there and be one; a checkpoint gets the files of its trainer's state. */
function check(event: EngineEvent, { size }: Asked): EngineEvent {
  if (event.type === 'image' && size !== null) {
    const fault = pngFault(event.file, size);
    return fault === null ? event : { type: 'error', reason: 'crashed', message: `${basename(event.file)}: ${fault}` };
  }
  if (event.type === 'weights' && event.stateFolder) return { ...event, state: stateOf(event.stateFolder) };
  return event;
}

/** What the trainer drew after an epoch, found by name. */
function samplesOf(epoch: number, samples: Invocation['samples']): Extract<EngineEvent, { type: 'sample' }>[] {
  const found = new Map<number, string>();
  // Of two runs of one epoch the newer: their names begin with the time.
  for (const name of samples === null ? [] : filesIn(samples.folder)) {
    const sample = samples?.of(name);
    if (sample?.epoch === epoch) found.set(sample.ordinal, join(samples!.folder, name));
  }
  return [...found].map(([sample, file]) => ({ type: 'sample' as const, epoch, sample, file })).toSorted((a, b) => a.sample - b.sample);
}

/** Without it a next attempt goes on from the weights alone: one that is too large is left where it is. */
function stateOf(folder: string): { name: string; file: string }[] {
  const files = filesIn(folder).filter((name) => stateFile.shape.name.safeParse(name).success).map((name) => ({ name, file: join(folder, name), bytes: statSync(join(folder, name)).size })).filter(({ bytes }) => bytes > 0);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return files.length > STATE_MAX_FILES || bytes > STATE_MAX_BYTES ? [] : files.map(({ name, file }) => ({ name, file }));
}
const STATE_MAX_FILES = 40;
const STATE_MAX_BYTES = 2 * 1024 ** 3;

/** A folder that was never made has none: samples and states must not fail a training. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => name).toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function reasonOf(adapter: ProcessAdapter, end: ProcessEnd, log: string, seen: Seen, expected: number, asked: AbortSignal): Reason {
  // Ended because of its own error, and not from outside.
  if (end.endedBy !== null && (end.endedBy !== 'aborted' || asked.aborted || seen.error === null)) return REASON_OF_END[end.endedBy];
  if (end.startError !== null) return isDiskFull(end.startError) ? 'disk_full' : 'engine_missing';
  return adapter.reasonOf({ code: end.code, signal: end.signal, log, ...seen, expected });
}

function describe(end: ProcessEnd, error: { message: string } | null): string {
  const how = end.startError !== null ? `could not be started: ${end.startError.message}` : end.signal !== null ? `ended by ${end.signal}` : `exit ${end.code}`;
  return [end.stderrTail.trimEnd(), error?.message, end.endedBy === null ? how : `${end.endedBy}; ${how}`].filter(Boolean).join('\n');
}
