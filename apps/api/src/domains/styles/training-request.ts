/** What a training keeps of its request: enough to build the same spec for every attempt, whatever is edited meanwhile. */
import { RATIO_NAMES } from '@style-license/shared';
import type { Prisma } from '@style-license/db';
import * as z from 'zod';

const trainingRequest = z.object({
  affirmationVersion: z.int(),
  artworkCount: z.int(),
  samples: z.array(z.object({ ordinal: z.int(), prompt: z.string(), seed: z.int(), ratio: z.enum(RATIO_NAMES), width: z.int(), height: z.int() })),
});
export type TrainingRequest = z.infer<typeof trainingRequest>;

export const writeTrainingRequest = (request: TrainingRequest): Prisma.InputJsonObject => trainingRequest.parse(request);
export const readTrainingRequest = (stored: Prisma.JsonValue): TrainingRequest => trainingRequest.parse(stored);
