/** What a training keeps of its request: enough to build the same spec for every attempt, whatever is edited meanwhile. */
import { createHash } from 'node:crypto';
import { RATIO_NAMES } from '@style-license/shared';
import type { Artwork, Prisma } from '@style-license/db';
import * as z from 'zod';

const trainingRequest = z.object({
  affirmationVersion: z.int(),
  artworkCount: z.int(),
  /** 1 where the engine has none. */
  epochs: z.int().positive().default(1),
  /** Of the artworks and their tags: a training goes on only with the very set that it began with. */
  setHash: z.string().default(''),
  samples: z.array(z.object({ ordinal: z.int(), prompt: z.string(), seed: z.int(), ratio: z.enum(RATIO_NAMES), width: z.int(), height: z.int() })),
});
export type TrainingRequest = z.infer<typeof trainingRequest>;

export const writeTrainingRequest = (request: TrainingRequest): Prisma.InputJsonObject => trainingRequest.parse(request);
export const readTrainingRequest = (stored: Prisma.JsonValue): TrainingRequest => trainingRequest.parse(stored);

export const setHashOf = (artworks: readonly Pick<Artwork, 'sha256' | 'tags'>[]): string =>
  createHash('sha256').update(JSON.stringify(artworks.map(({ sha256, tags }) => [sha256, tags.toSorted()]))).digest('hex');
