import { CodedError, uuid, type AdminUserDetailDto, type AdminUserDto, type Page } from '@style-license/shared';
import { decodeCursor, encodeCursor } from '../../platform/cursor.ts';
import type { Deps } from '../../platform/deps.ts';
import type { Reader } from '../../platform/database.ts';
import { avatarUrl } from '../accounts/index.ts';
import { balance, owed, receiptNumber } from '../ledger/index.ts';
import { openHoldsSql, searchUsersSql, type AdminUserRow } from './users.sql.ts';

/** More open orders than this are a fault of their own. */
const HOLDS_MAX = 100;

/** People by address, username, name or id; newest first. */
export async function searchUsers(db: Reader, request: { q: string; cursor?: string | null; limit: number }): Promise<Page<AdminUserDto>> {
  const after = request.cursor ? decodeCursor(request.cursor) : null;
  const id = uuid.safeParse(request.q.toLowerCase());
  const rows = await searchUsersSql(db, { id: id.success ? id.data : null, text: request.q, after, limit: request.limit + 1 });
  const shown = rows.slice(0, request.limit);
  const last = shown.at(-1);
  const hasMore = rows.length > request.limit;
  return { items: shown.map(userDto), nextCursor: hasMore && last ? encodeCursor({ at: last.created_at, id: last.id }) : null, hasMore };
}

/** Everything about one person's tokens. @throws NOT_FOUND */
export async function userDetail({ db, clock, env }: Pick<Deps, 'db' | 'clock' | 'env'>, userId: string): Promise<AdminUserDetailDto> {
  const [row] = await searchUsersSql(db, { id: userId, text: '', after: null, limit: 1 });
  if (!row) throw new CodedError('NOT_FOUND');
  const [user, figures, debt, holds] = await Promise.all([
    db.user.findUniqueOrThrow({ where: { id: userId }, select: { emailVerifiedAt: true, imageKey: true, artist: { select: { artistName: true } } } }),
    balance(db, userId, { now: clock.now(), timeZone: env.TIME_ZONE }),
    owed(db, userId),
    openHoldsSql(db, userId, HOLDS_MAX),
  ]);
  return {
    ...userDto(row), emailVerified: user.emailVerifiedAt !== null, imageUrl: avatarUrl(user.imageKey), artistName: user.artist?.artistName ?? null, balance: figures, owed: debt,
    holds: holds.map((hold) => ({
      jobId: hold.job_id, kind: hold.kind, state: hold.state, number: receiptNumber(hold.number), tokens: Number(hold.tokens), heldAt: hold.held_at.toISOString(), styleTitle: hold.title,
    })),
  };
}

const userDto = (row: AdminUserRow): AdminUserDto => ({
  id: row.id, username: row.username, name: row.name, email: row.email, role: row.role, state: row.state, isArtist: row.is_artist, joinedAt: row.created_at.toISOString(),
  available: Number(row.available), held: Number(row.held),
});
