import * as z from 'zod';
import { uuid } from '../ids.ts';
import { JOB_KINDS } from '../kinds.ts';
import { progressDto } from '../progress.ts';
import { ITEM_STATES, JOB_STATES, LINE_STATES, REASONS } from '../states.ts';
import { time, tokens } from './common.ts';

export const receiptLineDto = z.object({
  ordinal: z.int(),
  /** The job's item that it pays for: an image's own id. */
  itemId: uuid,
  /** Who earns it: an artist's name, or null for the platform. */
  payeeName: z.string().nullable(),
  tokens, bonus: tokens, bought: tokens,
  state: z.enum(LINE_STATES),
  resolvedAt: time.nullable(),
  reason: z.enum(REASONS).nullable(),
});
/** What a job cost: held at submit, then each line settled or refunded. */
export const receiptDto = z.object({
  jobId: uuid,
  number: z.string(),
  heldAt: time.nullable(),
  held: tokens, settled: tokens, refunded: tokens, open: tokens,
  lines: z.array(receiptLineDto),
});
export type ReceiptDto = z.infer<typeof receiptDto>;

export const jobItemDto = z.object({ id: uuid, ordinal: z.int(), state: z.enum(ITEM_STATES), reason: z.enum(REASONS).nullable(), priceTokens: tokens });

export const jobDto = z.object({
  id: uuid,
  kind: z.enum(JOB_KINDS),
  state: z.enum(JOB_STATES),
  styleId: uuid.nullable(),
  styleTitle: z.string().nullable(),
  attempt: z.int(),
  /** Jobs before it in its pool; 0 = next. Null unless queued or retrying. */
  position: z.int().nullable(),
  /** Seconds until it probably starts; null when unknown. */
  startsInSeconds: z.number().nullable(),
  /** When retrying: the next attempt starts not before this. */
  notBefore: time.nullable(),
  reason: z.enum(REASONS).nullable(),
  /** False: no live runner offers this kind now; the page says so. */
  runnerOffered: z.boolean(),
  canCancel: z.boolean(),
  progress: progressDto.nullable(),
  items: z.array(jobItemDto),
  receipt: receiptDto.nullable(),
  createdAt: time, startedAt: time.nullable(), endedAt: time.nullable(),
});
export type JobDto = z.infer<typeof jobDto>;
