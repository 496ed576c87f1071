/**
 * What a job consists of, and how long each part is expected to take: as this machine learned, or, before it has learned
 * anything, as measured with the built-in engine on two shared cores.
 */
import type { GenerationSpec, TrainingSpec } from '@style-license/shared/server';
import type { Part } from '../progress/job-clock.ts';
import type { TimingBook } from '../progress/timing-book.ts';

const START_MS = 700;
const FINISH_MS = 300;
const TRAIN_BASE_MS = 6_500;
const TRAIN_MS_PER_ARTWORK = 60;
const DOWNLOAD_MS_PER_ARTWORK = 20;

/** 512² 2.5 s, 512×1024 3.5 s, 1024² 5 s. */
const imageMs = (width: number, height: number): number => 1_600 + (width * height) / 300;

export function generationParts(timings: TimingBook, spec: Pick<GenerationSpec, 'baseModel' | 'width' | 'height' | 'items'>): Part[] {
  const { baseModel, width, height } = spec;
  const image = `image ${baseModel} ${width}x${height}`;
  return [
    overhead(timings, 'start', `start ${baseModel}`, START_MS),
    ...spec.items.map((_, i) => part(timings, `image ${i}`, image, imageMs(width, height))),
    overhead(timings, 'finish', `finish ${width}x${height}`, FINISH_MS),
  ];
}

export function trainingParts(timings: TimingBook, spec: Pick<TrainingSpec, 'baseModel' | 'artworks' | 'samples'>): Part[] {
  const { baseModel } = spec;
  const artworks = spec.artworks.length;
  return [
    overhead(timings, 'prepare', `prepare ${bucket(artworks)}`, DOWNLOAD_MS_PER_ARTWORK * artworks),
    part(timings, 'train', `train ${baseModel} ${bucket(artworks)}`, TRAIN_BASE_MS + TRAIN_MS_PER_ARTWORK * artworks),
    ...spec.samples.map(({ width, height }, i) => part(timings, `sample ${i}`, `sample ${baseModel} ${width}x${height}`, START_MS + imageMs(width, height))),
    overhead(timings, 'finish', 'finish training', FINISH_MS),
  ];
}

const part = (timings: TimingBook, name: string, key: string, fallbackMs: number): Part => ({ name, key, timing: timings.expect(key, fallbackMs), overhead: false });
const overhead = (...args: Parameters<typeof part>): Part => ({ ...part(...args), overhead: true });
/** Sets of about the same size take about the same time. */
const bucket = (artworks: number): string => `${Math.ceil(artworks / 10) * 10} artworks`;
