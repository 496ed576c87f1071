/**
 * What the event stream carries. `changed` events name the thing that changed (the page asks for its new state);
 * they have an id, the recipient's own counter, and are replayed from the last one seen. `progress` has no id.
 * `reset`: the id seen is too old or from the future; refetch everything.
 */
import * as z from 'zod';
import { uuid } from './ids.ts';
import { progressDto } from './progress.ts';
import { JOB_STATES } from './states.ts';
import { JOB_KINDS } from './kinds.ts';

export const changedEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('job'), jobId: uuid, kind: z.enum(JOB_KINDS), state: z.enum(JOB_STATES), styleId: uuid.nullable() }),
  z.object({ type: z.literal('generation'), generationId: uuid, jobId: uuid, styleId: uuid }),
  z.object({ type: z.literal('balance') }),
  z.object({ type: z.literal('style'), styleId: uuid }),
  z.object({ type: z.literal('account') }),
  z.object({ type: z.literal('notification'), notificationId: uuid }),
]);
export type ChangedEvent = z.infer<typeof changedEvent>;

export const streamMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('changed'), id: z.string(), event: changedEvent }),
  z.object({ kind: z.literal('progress'), progress: progressDto }),
  z.object({ kind: z.literal('reset'), id: z.string() }),
]);
export type StreamMessage = z.infer<typeof streamMessage>;
