/**
 * A training, from claim to report: lay out the artworks, let the engine learn them, look at the weights it left, make the
 * samples with them, and store both. Engines with epochs do all this once an epoch, in ./train-by-epochs.ts. Artworks stay in the
 * scratch folder, never in the cache: they are the artist's own.
 */
import { extname, join } from 'node:path';
import { CATALOGUE, type TrainingItemResult, type TrainingSpec } from '@style-license/shared/server';
import { download } from '../artifacts/download.ts';
import { checkWeights } from '../artifacts/weights.ts';
import { JobClock } from '../progress/job-clock.ts';
import { progressReporter } from '../progress/reporter.ts';
import { engineFor, type Attempt, type TaskOutcome, type Tools } from './context.ts';
import { trainingParts } from './expected-times.ts';
import { makeFolder } from './finish-and-upload.ts';
import { inLanes } from './in-lanes.ts';
import { showPreview } from './show-preview.ts';
import { trainByEpochs } from './train-by-epochs.ts';
import { epochsOf, finishSample, type Artworks, type Sample, type SampleResult, type Studio, type Weights } from './training-studio.ts';

const DOWNLOADS_AT_ONCE = 6;

export async function train(spec: TrainingSpec, attempt: Attempt, tools: Tools): Promise<TaskOutcome> {
  const engine = await engineFor(tools, 'training', spec.baseModel, attempt.device);
  const clock = new JobClock(trainingParts(tools.timings, spec), (key, samples, ms) => void tools.timings.learned(key, samples, ms));
  const progress = progressReporter({ sql: tools.sql, key: attempt.key, items: epochsOf(spec), clock, log: attempt.log });
  try {
    return await tools.cache.with(spec.signature, 'bad_input', attempt.signal, async (signatureFile) => {
      const studio = { spec, engine, attempt, tools, clock, progress, signatureFile };
      return engine.epochs ? await trainByEpochs(studio, await layOutArtworks(studio)) : await trainAndSample(studio);
    });
  } finally {
    await progress.close();
  }
}

async function trainAndSample(studio: Studio): Promise<TaskOutcome> {
  const { spec, engine, attempt, clock, progress } = studio;
  const artworks = await layOutArtworks(studio);
  const { weights, reason, log, ms } = await runTraining(studio, artworks);
  if (reason !== 'ok' || weights === null) return { reason, log };
  await checkWeights(weights.file);
  attempt.log.info({ epoch: weights.epoch, loss: weights.loss, ms }, 'trained');
  const stored = attempt.uploader.file('weights.safetensors', weights.file, 'application/octet-stream');
  // Awaited below; a failure while the samples are made is not unhandled.
  stored.catch(() => undefined);
  const samples = await makeSamples(studio, weights.file);
  attempt.enginesClosed();
  clock.at('finish', 0);
  progress.step({ phase: 'finish', step: 0, of: 1, item: 0 });
  attempt.signal.throwIfAborted();
  const result: TrainingItemResult = { weights: await stored, epoch: weights.epoch, loss: weights.loss, engine: engine.name, engineMs: weights.ms, state: [], samples };
  attempt.deliver({ kind: 'training', itemId: spec.items[0]!.itemId, result });
  clock.finish();
  return { reason: 'ok', log };
}

/** Artworks under numbers of ours: their order is what the engine's provenance speaks of. */
async function layOutArtworks({ spec, attempt, tools, clock, progress }: Studio): Promise<Artworks> {
  const folder = await makeFolder(join(attempt.folder, 'artworks'));
  const files = spec.artworks.map(({ key, tags }, i) => ({ file: `${String(i).padStart(3, '0')}${extname(key) || '.png'}`, tags }));
  let done = 0;
  clock.at('prepare', 0);
  progress.step({ phase: 'prepare', step: 0, of: files.length, item: 0 });
  await inLanes(DOWNLOADS_AT_ONCE, spec.artworks, async (artwork, i) => {
    await download(tools.store, artwork, join(folder, files[i]!.file), 'bad_input', attempt.signal);
    done++;
    clock.at('prepare', done / files.length);
    progress.step({ phase: 'prepare', step: done, of: files.length, item: 0 });
  });
  return { folder, files };
}

async function runTraining({ attempt, tools, engine, clock, progress }: Studio, artworks: Artworks): Promise<TaskOutcome & { weights: Weights | null; ms: number }> {
  const made: Weights[] = [];
  const folder = await makeFolder(join(attempt.folder, 'train'));
  const { reason, log, ms } = await engine.train(
    { artworks: artworks.files, imagesFolder: artworks.folder, epochs: 1, resume: null, samples: [], folder, threads: tools.threads, frugal: false, device: attempt.device },
    {
      signal: attempt.signal, totalMs: attempt.leftMs(), inactivityMs: CATALOGUE.training.inactivityMs, onSpawn: attempt.engineStarted,
      onEvent: (event) => {
        if (event.type === 'weights') made.push(event);
        if (event.type !== 'progress') return;
        clock.at('train', event.fraction);
        progress.step({ phase: event.phase, step: event.step, of: event.of, item: 0, loss: event.loss });
      },
    },
  );
  return { reason, log, ms, weights: made.at(-1) ?? null };
}

/** The same prompts and seeds after each training. A sample that fails is left out: it must not fail the training. */
async function makeSamples(studio: Studio, weightsFile: string): Promise<SampleResult[]> {
  const { spec, attempt, clock, progress } = studio;
  const finishing: Promise<SampleResult | null>[] = [];
  for (const [i, sample] of spec.samples.entries()) {
    attempt.signal.throwIfAborted();
    clock.at(`sample ${i}`, 0);
    progress.step({ phase: 'samples', step: i, of: spec.samples.length, item: 0 });
    const file = await makeSample(studio, weightsFile, sample, i);
    if (file !== null) finishing.push(finishSample(studio, sample, file));
  }
  return (await Promise.all(finishing)).filter((result) => result !== null);
}

async function makeSample(studio: Studio, weights: string, sample: Sample, index: number): Promise<string | null> {
  const { spec, engine, attempt, tools, clock, progress } = studio;
  const { width, height, seed } = sample;
  const folder = await makeFolder(join(attempt.folder, `sample-${sample.ordinal}`));
  const made: string[] = [];
  const { reason, log } = await engine.generate(
    { weights, tags: [sample.prompt], negative: [], seed, count: 1, width, height, closeness: SAMPLE_CLOSENESS, folder, threads: tools.threads, frugal: false, device: attempt.device },
    {
      signal: attempt.signal, totalMs: attempt.leftMs(), inactivityMs: CATALOGUE.generation.inactivityMs, onSpawn: attempt.engineStarted,
      onEvent: (event) => {
        if (event.type === 'progress') {
          clock.at(`sample ${index}`, event.fraction);
          progress.step({ phase: 'samples', step: index, of: spec.samples.length, item: 0 });
        }
        if (event.type === 'preview') void showPreview(studio, event.file, sample, 0);
        if (event.type === 'image') made.push(event.file);
      },
    },
  );
  attempt.signal.throwIfAborted();
  if (reason === 'ok' && made[0] !== undefined) return made[0];
  attempt.log.warn({ sample: sample.ordinal, reason, engineLog: log }, 'a sample could not be made');
  return null;
}

/** As the generator page has it when nobody changes it. */
const SAMPLE_CLOSENESS = 0.7;
