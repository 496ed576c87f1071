/**
 * A generation, from claim to report: bring the weights and the signature, let the engine make the images, and sign, encode and
 * store each as it comes, while the next one is being made.
 */
import { CATALOGUE, type GenerationSpec } from '@style-license/shared/server';
import { join } from 'node:path';
import type { Engine, EngineEvent } from '../engines/engine.ts';
import { JobClock } from '../progress/job-clock.ts';
import { progressReporter, type ProgressReporter } from '../progress/reporter.ts';
import { asAttemptError } from '../attempt-error.ts';
import { OneByOne } from './one-by-one.ts';
import { engineFor, type Attempt, type TaskOutcome, type Tools } from './context.ts';
import { finishAndUpload, makeFolder } from './finish-and-upload.ts';
import { generationParts } from './expected-times.ts';
import { showPreview } from './show-preview.ts';

type Item = GenerationSpec['items'][number];

/** So long before its engine is free the next job is claimed, so that its weights are here and its first image asked for in time. */
const TAKE_AHEAD_SECONDS = 4;
/** Or when this much of it is done, whatever the clock expects. */
const TAKE_AHEAD_FRACTION = 0.9;

interface Studio {
  spec: GenerationSpec;
  engine: Engine;
  attempt: Attempt;
  tools: Tools;
  clock: JobClock;
  progress: ProgressReporter;
  weightsFile: string;
  signatureFile: string;
  /** Items that the engine has made. */
  made: Set<string>;
}

export async function generate(spec: GenerationSpec, attempt: Attempt, tools: Tools): Promise<TaskOutcome> {
  const engine = await engineFor(tools, 'generation', spec.baseModel, attempt.device);
  const clock = new JobClock(generationParts(tools.timings, spec), (key, samples, ms) => void tools.timings.learned(key, samples, ms));
  const progress = progressReporter({ sql: tools.sql, key: attempt.key, items: spec.items.length, clock, log: attempt.log });
  clock.at('start', 0);
  progress.step({ phase: 'prepare', step: 0, of: 1, item: 0 });
  try {
    return await tools.cache.with(spec.weights, 'missing_weights', attempt.signal, (weightsFile) =>
      tools.cache.with(spec.signature, 'bad_input', attempt.signal, (signatureFile) =>
        makeAll({ spec, engine, attempt, tools, clock, progress, weightsFile, signatureFile, made: new Set() })));
  } finally {
    await progress.close();
  }
}

async function makeAll(studio: Studio): Promise<TaskOutcome> {
  const { spec, attempt, clock, progress } = studio;
  const finishing = new OneByOne();
  let outcome: TaskOutcome = { reason: 'ok', log: '' };
  for (const run of seedRuns(spec.items)) {
    outcome = await makeRun(studio, run, finishing);
    if (outcome.reason === 'out_of_memory' && studio.engine.usesGpu) outcome = await makeFrugally(studio, run, finishing);
    if (outcome.reason !== 'ok') break;
  }
  attempt.enginesClosed();
  clock.at('finish', 0);
  progress.step({ phase: 'finish', step: 0, of: 1, item: spec.items.length - 1 });
  // What was made before the engine failed is delivered all the same.
  const failure = await finishing.done();
  if (failure !== null && outcome.reason === 'ok') {
    const { reason, message } = asAttemptError(failure);
    return { reason, log: message };
  }
  if (outcome.reason === 'ok') clock.finish();
  return outcome;
}

/** Once more at once, with as little memory as the engine can do with: what is not made yet, one image at a time. */
async function makeFrugally(studio: Studio, run: readonly Item[], finishing: OneByOne): Promise<TaskOutcome> {
  studio.attempt.log.warn({ engine: studio.engine.name }, 'out of memory; once more with less');
  let outcome: TaskOutcome = { reason: 'ok', log: '' };
  for (const item of run) {
    if (studio.made.has(item.itemId)) continue;
    outcome = await makeRun(studio, [item], finishing, true);
    if (outcome.reason !== 'ok') break;
  }
  return outcome;
}

/** The images of one call of the engine. */
async function makeRun(studio: Studio, run: readonly Item[], finishing: OneByOne, frugal = false): Promise<TaskOutcome> {
  const { spec, engine, attempt, tools, clock, progress, weightsFile } = studio;
  const { width, height } = spec;
  const folder = await makeFolder(join(attempt.folder, `from-${run[0]!.ordinal}${frugal ? '-frugal' : ''}`));
  const first = spec.items.indexOf(run[0]!);
  const onEvent = (event: EngineEvent): void => {
    if (event.type === 'error' || event.type === 'weights' || event.type === 'sample') return;
    const index = first + event.item;
    const item = spec.items[index];
    if (item === undefined || event.item >= run.length) return;
    switch (event.type) {
      case 'progress':
        clock.at(`image ${index}`, event.fraction);
        progress.step({ phase: event.phase, step: event.step, of: event.of, item: index });
        if (engine.takesAhead && index === spec.items.length - 1 && event.fraction > 0 && (event.fraction >= TAKE_AHEAD_FRACTION || (clock.secondsLeft ?? 0) <= TAKE_AHEAD_SECONDS)) attempt.nearlyDone();
        return;
      case 'preview':
        void showPreview(studio, event.file, spec, index);
        return;
      case 'image':
        clock.at(`image ${index}`, 1);
        studio.made.add(item.itemId);
        finishing.add(() => finishItem(studio, item, event));
        return;
    }
  };
  const { reason, log } = await engine.generate(
    { weights: weightsFile, tags: spec.tags, negative: spec.negative, seed: run[0]!.seed, count: run.length, width, height, closeness: spec.closeness, folder, threads: tools.threads, frugal, device: attempt.device },
    { signal: attempt.signal, totalMs: attempt.leftMs(), inactivityMs: CATALOGUE.generation.inactivityMs, onEvent, onSpawn: attempt.engineStarted },
  );
  return { reason, log };
}

async function finishItem({ spec, engine, attempt, signatureFile }: Studio, item: Item, image: Extract<EngineEvent, { type: 'image' }>): Promise<void> {
  const { width, height } = spec;
  const rights = { artist: spec.artist, style: spec.style, termsUrl: spec.termsUrl, licenceId: item.licenceId };
  const result = await finishAndUpload({ file: image.file, size: { width, height }, name: String(item.ordinal) }, signatureFile, rights, attempt);
  attempt.deliver({ kind: 'generation', itemId: item.itemId, result: { ...result, engine: engine.name, engineMs: image.ms, ...image.facts } });
}

/** Items whose seeds follow each other go into one engine process; after a partly delivered attempt there may be gaps. */
export function seedRuns(items: readonly Item[]): Item[][] {
  const runs: Item[][] = [];
  for (const item of items) {
    const last = runs.at(-1)?.at(-1);
    if (last && item.seed === last.seed + 1) runs.at(-1)!.push(item);
    else runs.push([item]);
  }
  return runs;
}
