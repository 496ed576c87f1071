import type { AdminSubject } from '@style-license/shared';
import { Prisma, type Reader } from '../../platform/database.ts';

export interface ActRow {
  id: bigint; act: string; at: Date; subject_kind: string; subject_id: string; reason: string; details: Record<string, unknown>;
  actor_id: string | null; actor_username: string | null; actor_name: string | null; subject_label: string | null;
}

/**
 * A page of the audit log, newest first: admin_acts_created_at_id_idx, or with a subject
 * admin_acts_subject_kind_subject_id_created_at_id_idx. People and styles are named by their keys.
 */
export async function actsSql(db: Reader, subject: { kind: AdminSubject; id: string } | null, after: { at: Date; id: bigint } | null, limit: number): Promise<ActRow[]> {
  const of = subject ? Prisma.sql`AND a.subject_kind = ${subject.kind} AND a.subject_id = ${subject.id}` : Prisma.empty;
  return await db.$queryRaw<ActRow[]>`
    WITH page AS (
      SELECT * FROM admin_acts a
      WHERE (a.created_at, a.id) < (${after?.at.toISOString() ?? 'infinity'}::timestamptz, ${after?.id ?? 0n}::bigint) ${of}
      ORDER BY a.created_at DESC, a.id DESC LIMIT ${limit}
    )
    SELECT page.id, page.act, page.created_at AS at, page.subject_kind, page.subject_id, page.reason, page.details,
      page.actor_id, u.username AS actor_username, u.name AS actor_name,
      CASE page.subject_kind
        WHEN 'user' THEN (SELECT s.username FROM users s WHERE s.id = page.subject_id::uuid)
        WHEN 'style' THEN (SELECT s.title FROM styles s WHERE s.id = page.subject_id::uuid)
      END AS subject_label
    FROM page LEFT JOIN users u ON u.id = page.actor_id
    ORDER BY page.created_at DESC, page.id DESC`;
}
