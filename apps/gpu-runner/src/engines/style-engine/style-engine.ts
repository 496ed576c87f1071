/**
 * Adapter of the built-in CPU engine (packages/style-engine): request → arguments, line → events, exit → reason.
 * It prints one JSON object a line; exit 0 is success, 2 bad input, 1 failure.
 */
import type { BaseModel, Reason } from '@style-license/shared';
import type { EngineEvent, GenerateRequest, TrainRequest } from '../engine.ts';
import { plainInvocation, type Exit, type Invocation, type ProcessAdapter } from '../process-adapter.ts';
import { engineLine, type ENGINE_CODES, type EngineLine } from './protocol.ts';

const REASON_OF_CODE: Record<(typeof ENGINE_CODES)[number], Reason> = {
  no_images: 'bad_input',
  too_few_images: 'bad_input',
  unreadable_image: 'bad_input',
  bad_adapter: 'missing_weights',
  bad_size: 'bad_input',
  disk_full: 'disk_full',
  out_of_memory: 'out_of_memory',
  bad_input: 'bad_input',
  failed: 'crashed',
};

/** Said on stderr by Node or the system when memory or disk ran out before the engine could say so itself. */
const OUT_OF_MEMORY_LOG = /heap out of memory|Cannot allocate memory|ENOMEM|ERR_WORKER_OUT_OF_MEMORY|bad_alloc/i;
const DISK_FULL_LOG = /ENOSPC|EDQUOT|no space left on device/i;

/** `baseModel`: another program that speaks the same protocol may work on another base. */
export const styleEngine = (version: string, { name = 'style-engine', baseModel = 'builtin' }: { name?: string; baseModel?: BaseModel } = {}): ProcessAdapter => ({
  name: `${name} ${version}`,
  baseModel,
  kinds: ['generation', 'training'],
  epochs: baseModel !== 'builtin',
  usesGpu: false,
  generate: generateInvocation,
  train: trainInvocation,
  reasonOf,
});

function generateInvocation(request: GenerateRequest): Invocation {
  const { folder } = request;
  return plainInvocation([
    'generate', '--adapter', request.weights, '--prompt', request.tags.join(', '),
    ...(request.negative.length > 0 ? ['--negative', request.negative.join(', ')] : []),
    '--seed', String(request.seed), '--count', String(request.count),
    '--width', String(request.width), '--height', String(request.height),
    '--creativity', creativity(request.closeness).toFixed(3),
    '--threads', String(request.threads), '--out', `${folder}/image.png`, '--preview', `${folder}/preview.png`,
  ], readLine);
}

function trainInvocation(request: TrainRequest): Invocation {
  const meta = `${request.folder}/meta.json`;
  const args = ['train', '--images', request.imagesFolder, '--meta', meta, '--out', `${request.folder}/weights.safetensors`, '--threads', String(request.threads)];
  const files = [{ path: meta, content: JSON.stringify(request.artworks.map(({ file, tags }) => ({ file, tags }))) }];
  if (request.epochs === 1) return plainInvocation(args, readLine, files);
  const samples = `${request.folder}/samples.json`;
  return plainInvocation(
    [...args, '--epochs', String(request.epochs), '--samples', samples, ...resumeArgs(request.resume)],
    readLine,
    [...files, { path: samples, content: JSON.stringify(request.samples) }],
  );
}

function resumeArgs(resume: TrainRequest['resume']): string[] {
  if (resume === null) return [];
  return ['--resume-epoch', String(resume.epoch), '--resume', resume.weights, ...(resume.stateFolder === null ? [] : ['--resume-state', resume.stateFolder])];
}

/**
 * The engine calls it creativity: .35 stays safely close to the artworks, .7 is its own default and the page's, at .9 it dreams.
 * The page's scale from close (0) to free (1) covers what is worth having of it.
 */
const CREATIVITY_CLOSE = 0.35;
const CREATIVITY_SPAN = 0.5;
export const creativity = (closeness: number): number => CREATIVITY_CLOSE + CREATIVITY_SPAN * Math.min(1, Math.max(0, closeness));

export function readLine(line: string): EngineEvent[] {
  const read = parse(line);
  switch (read?.event) {
    case 'progress':
      return [{ type: 'progress', item: read.index, phase: read.phase, step: read.step, of: read.total, fraction: read.fraction ?? read.step / read.total, loss: read.loss ?? null }];
    case 'preview':
      return [{ type: 'preview', item: read.index, file: read.file }];
    case 'done':
      return [done(read)];
    case 'sample':
      return [{ type: 'sample', epoch: read.epoch, sample: read.sample, file: read.file }];
    case 'epoch':
      return [{ type: 'weights', file: read.out, epoch: read.epoch, loss: read.loss ?? null, ms: read.ms, state: read.state }];
    case 'error':
      return [{ type: 'error', reason: REASON_OF_CODE[read.code], message: `${read.code}: ${read.message}` }];
    case 'start':
    case 'end':
    case undefined:
      return [];
  }
}

function parse(line: string): EngineLine | null {
  if (!line.startsWith('{')) return null;
  try {
    return engineLine.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    // Not JSON after all: a stray print. What matters is whether the result is there at the end.
    return null;
  }
}

function done(read: Extract<EngineLine, { event: 'done' }>): EngineEvent {
  if (read.phase === 'train') return { type: 'weights', file: read.out, epoch: 1, loss: read.loss ?? null, ms: read.ms };
  const { matched, unmatched, sources, nearestTraining } = read;
  return { type: 'image', item: read.index, file: read.out, ms: read.ms, facts: { matched, unmatched, sources, nearestTraining } };
}

function reasonOf(exit: Exit): Reason {
  if (exit.error !== null) return exit.error.reason;
  if (exit.code === 0) return exit.delivered === exit.expected ? 'ok' : 'crashed';
  if (OUT_OF_MEMORY_LOG.test(exit.log)) return 'out_of_memory';
  if (DISK_FULL_LOG.test(exit.log)) return 'disk_full';
  return exit.code === 2 ? 'bad_input' : 'crashed';
}
