import { streamMessage, type StreamMessage } from '@style-license/shared';
import { tracked } from '@trpc/server';
import * as z from 'zod';
import { router, signedInProcedure } from '../../trpc/procedure.ts';
import { eventsSince } from './events-since.ts';
import { streamEvents } from './stream-events.ts';

const after = z.object({ lastEventId: z.string().max(40).nullish() });

/** Messages with an id are tracked: the browser hands the last one back when it reconnects. Progress has none. */
const asTracked = (message: StreamMessage) => (message.kind === 'progress' ? message : tracked(message.id, message));

export const eventsRouter = router({
  stream: signedInProcedure.meta({ limit: 'read' }).input(after.optional()).subscription(async function* ({ ctx, input, signal }) {
    const stop = signal ?? new AbortController().signal;
    for await (const message of streamEvents(ctx.deps, { userId: ctx.user.id, sessionId: ctx.sessionId, lastEventId: input?.lastEventId ?? null, signal: stop })) {
      yield asTracked(message);
    }
  }),
  since: signedInProcedure.meta({ limit: 'read' }).input(after).output(z.object({ messages: z.array(streamMessage), lastEventId: z.string() }))
    .query(async ({ ctx, input }) => await eventsSince(ctx.deps, ctx.user.id, input.lastEventId ?? null)),
});
