/** Progress of a running job. One row a job; newer = greater (attempt, sequence). */
import * as z from 'zod';
import { uuid } from './ids.ts';

export const progressDto = z.object({
  jobId: uuid,
  attempt: z.int().positive(),
  sequence: z.int().nonnegative(),
  /** Engine's phase: prepare, load, covariance, fit, calibrate, encode, learn, samples, finish (training); load, read, layout, refine, sample, decode, finish (generation). */
  phase: z.string().max(40),
  step: z.int().nonnegative(),
  of: z.int().positive(),
  /** Ordinal of the item being made, 0-based. */
  item: z.int().nonnegative(),
  items: z.int().positive(),
  /** Of the whole job, 0…1, never falling within an attempt. */
  fraction: z.number().min(0).max(1),
  secondsLeft: z.number().nonnegative().nullable(),
  loss: z.number().nullable(),
  /** Loss so far, at most 200 points, for the curve: [fraction, loss]. */
  lossCurve: z.array(z.tuple([z.number(), z.number()])).max(200),
  /** Same-origin URL of the newest preview of this item (owner only), changes with each preview; null when there is none. */
  previewUrl: z.string().nullable(),
  updatedAt: z.iso.datetime({ offset: true }),
});
export type ProgressDto = z.infer<typeof progressDto>;
