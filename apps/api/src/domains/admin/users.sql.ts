import { PLANNED_ANEW } from '@style-license/db';
import { Prisma, type Reader } from '../../platform/database.ts';

export interface AdminUserRow {
  id: string; username: string; name: string; email: string | null; role: 'user' | 'admin'; state: 'active' | 'deactivated' | 'left'; created_at: Date;
  is_artist: boolean; available: bigint; held: bigint;
}
export interface UserSearch { id: string | null; text: string; after: { at: Date; id: string } | null; limit: number }

/** A person types what they know: % and _ mean themselves. Shorter than a trigram: the beginning only, which still has an index. */
const TRIGRAM_CHARS = 3;
const pattern = (text: string): string => {
  const plain = text.replaceAll(/[\\%_]/g, '\\$&');
  return Array.from(text).length < TRIGRAM_CHARS ? `${plain}%` : `%${plain}%`;
};

/** Newest first: users_created_at_id_idx; with a text the three trigram indexes (users_email_trgm, …) by a bitmap, or the newest walked where many fit: planned for each text. */
export async function searchUsersSql(db: Reader, { id, text, after, limit }: UserSearch): Promise<AdminUserRow[]> {
  const like = pattern(text);
  const where = id !== null ? Prisma.sql`u.id = ${id}::uuid`
    : text === '' ? Prisma.sql`true` : Prisma.sql`(u.email ILIKE ${like} OR u.username ILIKE ${like} OR u.name ILIKE ${like})`;
  return await db.$queryRaw<AdminUserRow[]>`
    ${Prisma.raw(PLANNED_ANEW)} WITH page AS (
      SELECT u.id, u.username, u.name, u.email, u.role, u.state, u.created_at FROM users u
      WHERE ${where} AND (u.created_at, u.id) < (${after?.at.toISOString() ?? 'infinity'}::timestamptz, ${after?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff'}::uuid)
      ORDER BY u.created_at DESC, u.id DESC LIMIT ${limit}
    )
    SELECT page.*, a.user_id IS NOT NULL AND a.deactivated_at IS NULL AS is_artist,
      coalesce(w.bonus + w.bought, 0) AS available, coalesce(w.held, 0) AS held
    FROM page LEFT JOIN wallets w ON w.user_id = page.id LEFT JOIN artists a ON a.user_id = page.id
    ORDER BY page.created_at DESC, page.id DESC`;
}

export interface OpenHoldRow { job_id: string; kind: string; state: string; number: bigint; tokens: bigint; held_at: Date; title: string | null }
/** What is on hold for a person: hold_lines_open first, since what is open now is little, and what they ever ordered may be much. */
export async function openHoldsSql(db: Reader, userId: string, limit: number): Promise<OpenHoldRow[]> {
  return await db.$queryRaw<OpenHoldRow[]>`
    WITH open AS MATERIALIZED (SELECT job_id, sum(bonus + bought)::bigint AS tokens FROM hold_lines WHERE state = 'held' GROUP BY job_id)
    SELECT h.job_id, j.kind, j.state, h.number, open.tokens, h.created_at AS held_at, s.title
    FROM open
    JOIN holds h ON h.job_id = open.job_id AND h.user_id = ${userId}::uuid
    JOIN jobs j ON j.id = h.job_id
    LEFT JOIN styles s ON s.id = j.style_id
    ORDER BY h.created_at LIMIT ${limit}`;
}
