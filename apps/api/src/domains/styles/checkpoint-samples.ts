import { trainingItemResult, type TrainingItemResult } from '@style-license/shared/server';
import type { Checkpoint } from '@style-license/db';

export type CheckpointSample = TrainingItemResult['samples'][number];

/** Samples as the training reported them, in the order of their prompts. */
export const checkpointSamples = ({ samples }: Pick<Checkpoint, 'samples'>): CheckpointSample[] =>
  trainingItemResult.shape.samples.parse(samples).toSorted((a, b) => a.ordinal - b.ordinal);

/** Every object that a checkpoint owns. */
export const checkpointKeys = (checkpoint: Pick<Checkpoint, 'samples' | 'weightsKey'>): string[] => [
  checkpoint.weightsKey,
  ...checkpointSamples(checkpoint).flatMap(({ original, feed, thumbnail }) => [original.key, feed.key, thumbnail.key]),
];
