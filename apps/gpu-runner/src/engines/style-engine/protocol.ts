/**
 * The lines that the built-in engine prints, as far as the runner uses them. Unknown fields and events are let through. Any other
 * program may speak them too; one that trains by epochs tells of each with `sample` and `epoch`, which the built-in one does not have.
 */
import * as z from 'zod';

export const ENGINE_CODES = ['no_images', 'too_few_images', 'unreadable_image', 'bad_adapter', 'bad_size', 'disk_full', 'out_of_memory', 'bad_input', 'failed'] as const;

export const engineLine = z.discriminatedUnion('event', [
  z.object({ event: z.literal('start'), phase: z.string() }),
  z.object({
    event: z.literal('progress'), phase: z.string().max(40), step: z.int().nonnegative(), total: z.int().positive(),
    fraction: z.number().min(0).max(1).optional(), loss: z.number().optional(), index: z.int().nonnegative().default(0),
  }),
  z.object({ event: z.literal('preview'), index: z.int().nonnegative().default(0), file: z.string() }),
  z.object({
    event: z.literal('done'), phase: z.enum(['train', 'generate']), out: z.string(), ms: z.number().nonnegative(), index: z.int().nonnegative().default(0),
    loss: z.number().optional(),
    matched: z.array(z.string()).default([]), unmatched: z.array(z.string()).default([]),
    sources: z.array(z.tuple([z.int(), z.number()])).default([]),
    nearestTraining: z.object({ image: z.int(), distance: z.number() }).nullable().default(null),
  }),
  z.object({ event: z.literal('sample'), epoch: z.int().positive(), sample: z.int().nonnegative(), file: z.string() }),
  z.object({
    event: z.literal('epoch'), epoch: z.int().positive(), out: z.string(), ms: z.number().nonnegative(), loss: z.number().optional(),
    state: z.array(z.object({ name: z.string(), file: z.string() })).default([]),
  }),
  z.object({ event: z.literal('end') }),
  z.object({ event: z.literal('error'), code: z.enum(ENGINE_CODES).catch('failed'), message: z.string() }),
]);
export type EngineLine = z.infer<typeof engineLine>;
