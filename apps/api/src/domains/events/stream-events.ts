import { CodedError, type StreamMessage } from '@style-license/shared';
import type { Deps } from '../../platform/deps.ts';
import { eventHub } from './event-hub.ts';
import { sessionLivesSql } from './events.sql.ts';
import { findPosition, readEvents, resetMessage } from './read-events.ts';

/** Without any wake: a lost NOTIFY delays by this much, never loses (R11). */
const REREAD_MS = 15_000;
/** A browser has one stream (R26); far more than anybody's browsers. */
const STREAMS_PER_PERSON = 20;

/**
 * A person's events after the last one seen, then as they come, and the progress of their jobs. Ends with the session, with
 * UNAUTHORIZED, so that the page asks to sign in.
 * @throws RATE_LIMITED when a person holds too many streams
 */
export async function* streamEvents(
  deps: Deps, request: { userId: string; sessionId: string; lastEventId: string | null; signal: AbortSignal },
): AsyncGenerator<StreamMessage, void> {
  const { userId, sessionId, signal } = request;
  const hub = eventHub(deps);
  if (hub.streamsOf(userId) >= STREAMS_PER_PERSON) throw new CodedError('RATE_LIMITED', { retryAfterSeconds: REREAD_MS / 1_000 });
  const inbox = await hub.open(userId);
  try {
    const { position: start, reset } = await findPosition(deps.db, userId, request.lastEventId);
    let position = start;
    if (reset) yield resetMessage(position);
    while (!signal.aborted) {
      if (!(await sessionLivesSql(deps.db, sessionId, deps.clock.now()))) throw new CodedError('UNAUTHORIZED');
      for (let more = true; more && !signal.aborted;) {
        const read = await readEvents(deps.db, userId, position);
        yield* read.messages;
        ({ position, more } = read);
      }
      for (let woken: string = 'progress'; woken === 'progress';) {
        for (const progress of inbox.takeProgress()) yield { kind: 'progress', progress };
        woken = await inbox.wait(REREAD_MS, signal);
      }
    }
  } finally {
    hub.close(userId, inbox);
  }
}
