import type { Reader, Tx } from '../../platform/database.ts';

export interface EventRow { id: bigint; payload: unknown }

/** What came after, oldest first: events_pkey. Ids commit in order, since the counter is locked until the commit (R26). */
export async function eventsAfterSql(db: Reader, userId: string, after: bigint, limit: number): Promise<EventRow[]> {
  return await db.$queryRaw<EventRow[]>`SELECT id, payload FROM events WHERE user_id = ${userId}::uuid AND id > ${after}::bigint ORDER BY id LIMIT ${limit}`;
}

export interface Bounds { last: bigint; oldest: bigint | null }
/** The newest id given, and the oldest event that is still there. */
export async function eventBoundsSql(db: Reader, userId: string): Promise<Bounds> {
  const [row] = await db.$queryRaw<Bounds[]>`
    SELECT coalesce((SELECT last_id FROM event_counters WHERE user_id = ${userId}::uuid), 0)::bigint AS last,
      (SELECT min(id) FROM events WHERE user_id = ${userId}::uuid) AS oldest`;
  return row!;
}

/** Old events, a batch at a time: events_created_at_idx. */
export async function purgeEventsSql(tx: Tx, before: Date, limit: number): Promise<number> {
  return await tx.$executeRaw`
    DELETE FROM events WHERE (user_id, id) IN (SELECT user_id, id FROM events WHERE created_at < ${before.toISOString()}::timestamptz ORDER BY created_at LIMIT ${limit})`;
}

/** Whether the session that opened a stream still lives: sessions_public_id_key. */
export async function sessionLivesSql(db: Reader, publicId: string, now: Date): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.public_id = ${publicId}::uuid AND s.expires_at > ${now.toISOString()}::timestamptz AND u.state = 'active'`;
  return rows.length > 0;
}
