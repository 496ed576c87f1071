import { changedEvent, type StreamMessage } from '@style-license/shared';
import type { Reader } from '../../platform/database.ts';
import { eventBoundsSql, eventsAfterSql } from './events.sql.ts';

/** Where a page stands in its person's events. */
export type Position = bigint;
export interface ReadEvents { messages: Exclude<StreamMessage, { kind: 'progress' }>[]; position: Position; /** There may be more at once. */ more: boolean }

const BATCH = 200;
const ID = /^\d{1,18}$/;

/**
 * Where to go on from the last id that a page has seen. Null where it cannot: no id, one older than what is kept, or one that
 * was never given (another database, a restored backup). Then the page asks for everything anew (R26).
 */
export async function findPosition(db: Reader, userId: string, lastEventId: string | null): Promise<{ position: Position; reset: boolean }> {
  const { last, oldest } = await eventBoundsSql(db, userId);
  const seen = lastEventId !== null && ID.test(lastEventId) ? BigInt(lastEventId) : null;
  const kept = oldest ?? last + 1n;
  const reset = seen === null || seen > last || seen + 1n < kept;
  return { position: reset ? last : seen, reset };
}

export const resetMessage = (position: Position): Extract<StreamMessage, { kind: 'reset' }> => ({ kind: 'reset', id: String(position) });

export async function readEvents(db: Reader, userId: string, after: Position): Promise<ReadEvents> {
  const rows = await eventsAfterSql(db, userId, after, BATCH);
  return {
    messages: rows.map(({ id, payload }) => ({ kind: 'changed', id: String(id), event: changedEvent.parse(payload) })),
    position: rows.at(-1)?.id ?? after,
    more: rows.length === BATCH,
  };
}
