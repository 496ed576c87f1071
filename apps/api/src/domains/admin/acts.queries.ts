import type { AdminActDto, AdminSubject, Page } from '@style-license/shared';
import { decodeCursor, encodeCursor } from '../../platform/cursor.ts';
import type { Reader } from '../../platform/database.ts';
import { actsSql } from './acts.sql.ts';

/** The audit log, all of it or what concerns one thing, newest first. */
export async function acts(db: Reader, request: { subject?: { kind: AdminSubject; id: string } | null; cursor?: string | null; limit: number }): Promise<Page<AdminActDto>> {
  const after = request.cursor ? decodeCursor(request.cursor, 'number') : null;
  const rows = await actsSql(db, request.subject ?? null, after && { at: after.at, id: BigInt(after.id) }, request.limit + 1);
  const shown = rows.slice(0, request.limit);
  const last = shown.at(-1);
  const hasMore = rows.length > request.limit;
  return {
    items: shown.map((row) => ({
      id: String(row.id), act: row.act, at: row.at.toISOString(),
      actor: row.actor_id === null ? null : { id: row.actor_id, username: row.actor_username ?? '', name: row.actor_name ?? '' },
      subject: { kind: row.subject_kind, id: row.subject_id, label: row.subject_label },
      reason: row.reason, details: row.details,
    })),
    nextCursor: hasMore && last ? encodeCursor({ at: last.at, id: String(last.id) }) : null,
    hasMore,
  };
}
