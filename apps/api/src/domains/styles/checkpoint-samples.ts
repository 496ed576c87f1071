import { trainingItemResult, type StateFile, type TrainingItemResult } from '@style-license/shared/server';
import type { Checkpoint } from '@style-license/db';

export type CheckpointSample = TrainingItemResult['samples'][number];

/** Samples as the training reported them, in the order of their prompts. */
export const checkpointSamples = ({ samples }: Pick<Checkpoint, 'samples'>): CheckpointSample[] =>
  trainingItemResult.shape.samples.parse(samples).toSorted((a, b) => a.ordinal - b.ordinal);

/** The trainer's own files beside the weights. */
export const checkpointState = ({ state }: Pick<Checkpoint, 'state'>): StateFile[] => trainingItemResult.shape.state.parse(state);

/** Every object that a checkpoint owns. */
export const checkpointKeys = (checkpoint: Pick<Checkpoint, 'samples' | 'state' | 'weightsKey'>): string[] => [
  checkpoint.weightsKey,
  ...checkpointState(checkpoint).map(({ key }) => key),
  ...checkpointSamples(checkpoint).flatMap(({ original, feed, thumbnail }) => [original.key, feed.key, thumbnail.key]),
];
