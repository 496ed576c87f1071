/** What the parts of a training share, and how one of its samples is finished. */
import type { ImageResult, TrainingItemResult, TrainingSpec } from '@style-license/shared/server';
import { asAttemptError } from '../attempt-error.ts';
import type { Engine, EngineEvent } from '../engines/engine.ts';
import type { JobClock } from '../progress/job-clock.ts';
import type { ProgressReporter } from '../progress/reporter.ts';
import type { Attempt, Tools } from './context.ts';
import { finishAndUpload } from './finish-and-upload.ts';

export type Sample = TrainingSpec['samples'][number];
export type Weights = Extract<EngineEvent, { type: 'weights' }>;
export type SampleResult = TrainingItemResult['samples'][number];

export interface Artworks { folder: string; files: { file: string; tags: string[] }[] }

export interface Studio {
  spec: TrainingSpec;
  engine: Engine;
  attempt: Attempt;
  tools: Tools;
  clock: JobClock;
  progress: ProgressReporter;
  signatureFile: string;
}

/** Of the whole training, by its last item; 1 where the engine has none. */
export const epochsOf = ({ items }: Pick<TrainingSpec, 'items'>): number => Math.max(...items.map(({ ordinal }) => ordinal)) + 1;

export async function finishSample({ spec, attempt, signatureFile }: Studio, sample: Sample, file: string, name = `sample-${sample.ordinal}`): Promise<SampleResult | null> {
  const { width, height, ordinal, prompt, seed, ratio } = sample;
  const rights = { artist: spec.artist, style: spec.style, termsUrl: spec.termsUrl, licenceId: null };
  try {
    const result: ImageResult = await finishAndUpload({ file, size: { width, height }, name }, signatureFile, rights, attempt);
    return { ...result, ordinal, prompt, seed, ratio };
  } catch (error) {
    attempt.signal.throwIfAborted();
    attempt.log.warn({ sample: ordinal, reason: asAttemptError(error).reason, err: error }, 'a sample could not be stored');
    return null;
  }
}
