/**
 * What a person's open pages must know (R26). An event's id is the recipient's own counter, so a page can ask for
 * everything after the last one it saw; a global sequence would show gaps that fill later.
 */
import { CHANNELS } from '@style-license/shared/server';
import type { ChangedEvent } from '@style-license/shared';
import { Prisma, type Tx } from './database.ts';

/** An id older than this answers `reset`. */
export const EVENT_RETENTION_DAYS = 7;

export interface RaisedEvent { userId: string; event: ChangedEvent }
export interface Notice { channel: string; payload: string }

/**
 * Writes the events and wakes the recipients' streams. Call it LAST in a transaction: the counters are locked from here to
 * the commit, and they come last in the lock order (R19). Unhurried events wake nobody (R11: none for likes, of which there are
 * many, and every NOTIFY takes one lock of the whole database); streams find them when they look by themselves.
 */
export async function raiseEvents(tx: Tx, events: readonly RaisedEvent[], { unhurried = false, alsoTell }: { unhurried?: boolean; /** A notice to somebody else, in the same round trip. */ alsoTell?: Notice } = {}): Promise<void> {
  if (events.length === 0) return;
  const userIds = events.map(({ userId }) => userId);
  const payloads = events.map(({ event }) => JSON.stringify(event));
  await tx.$executeRaw`
    WITH raised AS (
      SELECT user_id, payload, row_number() OVER (PARTITION BY user_id ORDER BY n) AS nth, count(*) OVER (PARTITION BY user_id) AS of_user
      FROM unnest(${userIds}::uuid[], ${payloads}::jsonb[]) WITH ORDINALITY AS given (user_id, payload, n)
    ), counted AS (
      INSERT INTO event_counters AS counter (user_id, last_id)
      SELECT user_id, max(of_user) FROM raised GROUP BY user_id ORDER BY user_id
      ON CONFLICT (user_id) DO UPDATE SET last_id = counter.last_id + EXCLUDED.last_id
      RETURNING user_id, last_id
    ), written AS (
      INSERT INTO events (user_id, id, payload)
      SELECT raised.user_id, counted.last_id - raised.of_user + raised.nth, raised.payload FROM raised JOIN counted USING (user_id)
    )
    SELECT pg_notify(${CHANNELS.events}, user_id::text) FROM counted WHERE NOT ${unhurried}
    ${alsoTell ? Prisma.sql`UNION ALL SELECT pg_notify(${alsoTell.channel}, ${alsoTell.payload})` : Prisma.empty}`;
}
