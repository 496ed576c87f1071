/**
 * A training by epochs: the trainer draws its samples itself, and each epoch's weights and samples are delivered while the next one
 * is learned. What is delivered stays delivered: an attempt that dies is followed by one that goes on from there (R15).
 */
import { join } from 'node:path';
import { CATALOGUE, type StateFile, type TrainingItemResult } from '@style-license/shared/server';
import { download } from '../artifacts/download.ts';
import { checkWeights } from '../artifacts/weights.ts';
import type { EngineEvent, EngineOutcome, ResumePoint } from '../engines/engine.ts';
import type { TaskOutcome } from './context.ts';
import { makeFolder } from './finish-and-upload.ts';
import { OneByOne } from './one-by-one.ts';
import { epochsOf, finishSample, type Artworks, type SampleResult, type Studio, type Weights } from './training-studio.ts';

export async function trainByEpochs(studio: Studio, artworks: Artworks): Promise<TaskOutcome> {
  const { resume } = studio.spec;
  if (!resume) return await learn(studio, artworks, null);
  const { signal } = studio.attempt;
  return await studio.tools.cache.with(resume.weights, 'missing_weights', signal, async (weights) => {
    const stateFolder = resume.state.length === 0 ? null : await makeFolder(join(studio.attempt.folder, 'state'));
    // Into the attempt's own folder: a trainer may write beside its state.
    for (const file of resume.state) await download(studio.tools.store, file, join(stateFolder!, file.name), 'missing_weights', signal);
    return await learn(studio, artworks, { epoch: resume.epoch, weights, stateFolder });
  });
}

async function learn(studio: Studio, artworks: Artworks, resume: ResumePoint | null): Promise<TaskOutcome> {
  const { attempt, clock, progress, spec } = studio;
  const deliveries = new EpochDeliveries(studio);
  const { reason, log } = await untilDone(studio, artworks, resume, deliveries);
  attempt.enginesClosed();
  clock.at('finish', 0);
  progress.step({ phase: 'finish', step: 0, of: 1, item: epochsOf(spec) - 1 });
  const failure = await deliveries.allDone();
  attempt.signal.throwIfAborted();
  if (failure !== null) throw failure;
  if (reason === 'ok') clock.finish();
  return { reason, log };
}

/** How the trainer is started: the first time as planned, after a failure with less. */
interface Plan {
  resume: ResumePoint | null;
  samples: boolean;
  frugal: boolean;
}

/** Within one attempt: samples that fail are left out from there on, and memory that runs out is tried once more with less. */
async function untilDone(studio: Studio, artworks: Artworks, resume: ResumePoint | null, deliveries: EpochDeliveries): Promise<TaskOutcome> {
  let plan: Plan = { resume, samples: true, frugal: false };
  for (let run = 1; ; run++) {
    // All that was to be learned is learned; only its samples had failed.
    if (plan.resume !== null && plan.resume.epoch >= epochsOf(studio.spec)) return { reason: 'ok', log: '' };
    const { outcome, newest } = await runTrainer(studio, artworks, plan, run, deliveries);
    const next = studio.attempt.signal.aborted ? null : nextPlan(plan, outcome, newest);
    if (next === null) return outcome;
    studio.attempt.log.warn({ reason: outcome.reason, from: next.resume?.epoch ?? 0, samples: next.samples, frugal: next.frugal, engineLog: outcome.log }, 'the training goes on from its last checkpoint');
    plan = next;
  }
}

function nextPlan(plan: Plan, outcome: EngineOutcome, newest: Weights | null): Plan | null {
  if (outcome.reason === 'ok' || outcome.reason === 'cancelled' || outcome.reason === 'device_lost') return null;
  const resume = newest === null ? plan.resume : { epoch: newest.epoch, weights: newest.file, stateFolder: newest.stateFolder ?? null };
  if (outcome.inSamples === true && plan.samples) return { ...plan, resume, samples: false };
  return outcome.reason === 'out_of_memory' && !plan.frugal ? { ...plan, resume, frugal: true } : null;
}

async function runTrainer(studio: Studio, artworks: Artworks, plan: Plan, run: number, deliveries: EpochDeliveries): Promise<{ outcome: EngineOutcome; newest: Weights | null }> {
  const { spec, attempt, tools, engine, clock, progress } = studio;
  const folder = await makeFolder(join(attempt.folder, `train-${run}`));
  let newest: Weights | null = null;
  const outcome = await engine.train(
    {
      artworks: artworks.files, imagesFolder: artworks.folder, epochs: epochsOf(spec), resume: plan.resume, samples: plan.samples ? spec.samples : [],
      folder, threads: tools.threads, frugal: plan.frugal, device: attempt.device,
    },
    {
      signal: attempt.signal, totalMs: attempt.leftMs(), inactivityMs: CATALOGUE.training.inactivityMs, onSpawn: attempt.engineStarted,
      onEvent: (event) => {
        if (event.type === 'sample') deliveries.sample(event);
        if (event.type === 'weights') {
          newest = event;
          deliveries.weights(event);
        }
        if (event.type !== 'progress') return;
        clock.at('train', event.fraction);
        progress.step({ phase: event.phase, step: event.step, of: event.of, item: event.item, loss: event.loss });
      },
    },
  );
  return { outcome, newest };
}

interface Epoch {
  weights: Weights | null;
  samples: (SampleResult | null)[];
  /** Samples that were announced, done or not. */
  announced: number;
  delivered: boolean;
}

/**
 * Puts each epoch together: its weights and its samples, which come in any order. It is whole when all samples are there; one that
 * could not be drawn is not waited for longer than until the next epoch's weights, since a sample must not fail a training.
 */
class EpochDeliveries {
  private readonly studio: Studio;
  private readonly epochs = new Map<number, Epoch>();
  /** Signed, encoded and stored one by one, beside a trainer that needs the machine. */
  private readonly work = new OneByOne();

  constructor(studio: Studio) {
    this.studio = studio;
  }

  sample(event: Extract<EngineEvent, { type: 'sample' }>): void {
    const { spec } = this.studio;
    const asked = spec.samples.find(({ ordinal }) => ordinal === event.sample);
    const epoch = this.at(event.epoch);
    if (asked === undefined || epoch.delivered || !this.isOpen(event.epoch)) return;
    epoch.announced++;
    this.work.add(async () => {
      epoch.samples.push(await finishSample(this.studio, asked, event.file, `${nameOf(event.epoch)}/sample-${asked.ordinal}`));
    });
    this.deliverIfWhole(event.epoch);
  }

  weights(event: Weights): void {
    for (const [number, epoch] of this.epochs) if (number < event.epoch && epoch.weights !== null) this.deliver(number, epoch);
    this.at(event.epoch).weights = event;
    this.deliverIfWhole(event.epoch);
  }

  /** After the trainer's end: what has weights is delivered. Resolves with the first failure, or null. */
  async allDone(): Promise<unknown> {
    for (const [number, epoch] of this.epochs) if (epoch.weights !== null) this.deliver(number, epoch);
    return await this.work.done();
  }

  private at(number: number): Epoch {
    const known = this.epochs.get(number) ?? { weights: null, samples: [], announced: 0, delivered: false };
    this.epochs.set(number, known);
    return known;
  }

  /** Not delivered by an attempt before. */
  private isOpen(number: number): boolean {
    return this.studio.spec.items.some(({ ordinal }) => ordinal === number - 1);
  }

  private deliverIfWhole(number: number): void {
    const epoch = this.at(number);
    if (epoch.weights !== null && epoch.announced >= this.studio.spec.samples.length) this.deliver(number, epoch);
  }

  private deliver(number: number, epoch: Epoch): void {
    const item = this.studio.spec.items.find(({ ordinal }) => ordinal === number - 1);
    if (epoch.delivered || item === undefined) return;
    epoch.delivered = true;
    const { attempt, engine } = this.studio;
    // Behind its samples, which were begun before.
    this.work.add(async () => {
      attempt.signal.throwIfAborted();
      const { file, state, loss, ms } = epoch.weights!;
      await checkWeights(file);
      const weights = await attempt.uploader.file(`${nameOf(number)}/weights.safetensors`, file, 'application/octet-stream');
      const kept: StateFile[] = [];
      for (const one of state ?? []) kept.push({ name: one.name, ...(await attempt.uploader.file(`${nameOf(number)}/state/${one.name}`, one.file, 'application/octet-stream')) });
      const samples = epoch.samples.filter((one) => one !== null).toSorted((a, b) => a.ordinal - b.ordinal);
      const result: TrainingItemResult = { weights, state: kept, epoch: number, loss, engine: engine.name, engineMs: ms, samples };
      attempt.deliver({ kind: 'training', itemId: item.itemId, result });
      attempt.log.info({ epoch: number, loss, ms, samples: samples.length }, 'epoch learned');
    });
  }
}

const nameOf = (epoch: number): string => `epoch-${String(epoch).padStart(3, '0')}`;
