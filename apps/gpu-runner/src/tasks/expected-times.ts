/**
 * What a job consists of, and how long each part is expected to take: as this machine learned, or, before it has learned
 * anything, as measured with the built-in engine on two shared cores.
 */
import type { GenerationSpec, TrainingSpec } from '@style-license/shared/server';
import type { Part } from '../progress/job-clock.ts';
import type { TimingBook } from '../progress/timing-book.ts';
import { epochsOf } from './training-studio.ts';

const START_MS = 700;
const FINISH_MS = 300;
const TRAIN_BASE_MS = 6_500;
const TRAIN_MS_PER_ARTWORK = 60;
const DOWNLOAD_MS_PER_ARTWORK = 20;
/** A guess until a machine has learned better: a LoRA epoch and its four samples on a middling GPU. */
const EPOCH_MS = 20_000;
const EPOCH_MS_PER_ARTWORK = 3_000;

/** Time passed at each twentieth of the engine's progress, as measured: the last, largest level takes longest. */
const IMAGE_512_SHARES = [0, 0.07, 0.15, 0.19, 0.22, 0.26, 0.3, 0.32, 0.34, 0.35, 0.36, 0.38, 0.42, 0.43, 0.44, 0.46, 0.52, 0.56, 0.6, 0.85, 1];
const IMAGE_1024_SHARES = [0, 0.03, 0.06, 0.08, 0.09, 0.11, 0.12, 0.13, 0.14, 0.14, 0.15, 0.19, 0.2, 0.21, 0.24, 0.26, 0.27, 0.39, 0.51, 0.72, 1];
const TRAIN_SHARES = [0, 0.01, 0.02, 0.02, 0.03, 0.07, 0.1, 0.12, 0.14, 0.15, 0.25, 0.35, 0.41, 0.49, 0.57, 0.62, 0.67, 0.72, 0.76, 0.9, 1];
const imageShares = (width: number, height: number): readonly number[] => (Math.min(width, height) > 512 ? IMAGE_1024_SHARES : IMAGE_512_SHARES);

/** 512² 2.5 s, 512×1024 3.5 s, 1024² 5 s. */
const imageMs = (width: number, height: number): number => 1_600 + (width * height) / 300;

export function generationParts(timings: TimingBook, spec: Pick<GenerationSpec, 'baseModel' | 'width' | 'height' | 'items'>): Part[] {
  const { baseModel, width, height } = spec;
  const image = `image ${baseModel} ${width}x${height}`;
  return [
    overhead(timings, 'start', `start ${baseModel}`, START_MS),
    ...spec.items.map((_, i) => part(timings, `image ${i}`, image, imageMs(width, height), imageShares(width, height))),
    overhead(timings, 'finish', `finish ${width}x${height}`, FINISH_MS),
  ];
}

export function trainingParts(timings: TimingBook, spec: Pick<TrainingSpec, 'baseModel' | 'artworks' | 'samples' | 'items' | 'resume'>): Part[] {
  const { baseModel } = spec;
  const epochs = epochsOf(spec);
  const artworks = spec.artworks.length;
  if (epochs > 1) {
    // Samples are part of each epoch. What an attempt before this one learned is never begun again: how far the training is counts it.
    const before = spec.resume?.epoch ?? 0;
    const train = (name: string, count: number): Part => part(timings, name, `train ${baseModel} ${bucket(artworks)} ${count} epochs`, count * (EPOCH_MS + EPOCH_MS_PER_ARTWORK * artworks));
    return [
      ...(before > 0 ? [train('learned before', before)] : []),
      overhead(timings, 'prepare', `prepare ${bucket(artworks)}`, DOWNLOAD_MS_PER_ARTWORK * artworks),
      train('train', epochs - before),
      overhead(timings, 'finish', 'finish training', FINISH_MS),
    ];
  }
  return [
    overhead(timings, 'prepare', `prepare ${bucket(artworks)}`, DOWNLOAD_MS_PER_ARTWORK * artworks),
    part(timings, 'train', `train ${baseModel} ${bucket(artworks)}`, TRAIN_BASE_MS + TRAIN_MS_PER_ARTWORK * artworks, TRAIN_SHARES),
    ...spec.samples.map(({ width, height }, i) => part(timings, `sample ${i}`, `sample ${baseModel} ${width}x${height}`, START_MS + imageMs(width, height), imageShares(width, height))),
    overhead(timings, 'finish', 'finish training', FINISH_MS),
  ];
}

const part = (timings: TimingBook, name: string, key: string, guessMs: number, guessShares?: readonly number[]): Part => ({ name, key, timing: timings.expect(key, guessMs, guessShares), overhead: false });
const overhead = (...args: Parameters<typeof part>): Part => ({ ...part(...args), overhead: true });
/** Sets of about the same size take about the same time. */
const bucket = (artworks: number): string => `${Math.ceil(artworks / 10) * 10} artworks`;
