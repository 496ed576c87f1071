/** Rows that the acts of the community lock and read. Lock order: the person who acts, the artist or image, then what hangs on it. */
import { Prisma } from '@style-license/db';
import { CodedError } from '@style-license/shared';
import type { Cursor } from '../../platform/cursor.ts';
import type { Reader, Tx } from '../../platform/database.ts';

/** Who acts is still here: leaving locks the same row, so that nobody acts after it. @throws UNAUTHORIZED */
export async function lockActor(tx: Tx, userId: string): Promise<void> {
  const [user] = await tx.$queryRaw<{ state: string }[]>`SELECT state FROM users WHERE id = ${userId}::uuid FOR KEY SHARE`;
  if (user?.state !== 'active') throw new CodedError('UNAUTHORIZED');
}

export interface LockedGeneration { id: string; ownerId: string; visibility: string; hiddenAt: Date | null }

/** Everything about one image happens one after the other: publishing, likes, comments. Null when there is none. */
export async function lockGeneration(tx: Tx, generationId: string): Promise<LockedGeneration | null> {
  const [row] = await tx.$queryRaw<LockedGeneration[]>`
    SELECT id, owner_id AS "ownerId", visibility, hidden_at AS "hiddenAt" FROM generations WHERE id = ${generationId}::uuid FOR NO KEY UPDATE`;
  return row ?? null;
}

/** One code for «there is none», «private» and «hidden», so that nobody learns which. @throws NOT_PUBLIC */
export async function lockShownGeneration(tx: Tx, generationId: string): Promise<LockedGeneration> {
  const generation = await lockGeneration(tx, generationId);
  if (generation?.visibility !== 'public' || generation.hiddenAt !== null) throw new CodedError('NOT_PUBLIC');
  return generation;
}

export interface CommentRow {
  id: string; generation_id: string; parent_id: string | null; text: string; created_at: Date; edited_at: Date | null; deleted_at: Date | null; hidden_at: Date | null;
  author_id: string; author_state: string; username: string; name: string; image_key: string | null; artist_name: string | null; by_artist: boolean;
}

/** Authors, and whether one is the artist of the image's style, for the few comments of a page. */
const dressed = (page: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT page.id, page.generation_id, page.parent_id, page.text, page.created_at, page.edited_at, page.deleted_at, page.hidden_at, page.author_id,
    u.state AS author_state, u.username, u.name, u.image_key, a.artist_name, s.artist_id = page.author_id AS by_artist
  FROM (${page}) page
  JOIN generations g ON g.id = page.generation_id
  JOIN styles s ON s.id = g.style_id
  JOIN users u ON u.id = page.author_id
  LEFT JOIN artists a ON a.user_id = page.author_id
  ORDER BY page.created_at, page.id`;

const after = (cursor: Cursor | null): Prisma.Sql => (cursor ? Prisma.sql`AND (c.created_at, c.id) > (${cursor.at.toISOString()}::timestamptz, ${cursor.id}::uuid)` : Prisma.empty);

/** Comments of an image that answer none, the oldest first: comments_threads. */
export const threadsQuery = (generationId: string, cursor: Cursor | null, limit: number): Prisma.Sql =>
  dressed(Prisma.sql`SELECT c.* FROM comments c WHERE c.generation_id = ${generationId}::uuid AND c.is_top ${after(cursor)} ORDER BY c.created_at, c.id LIMIT ${limit}`);

/** The first replies of each of these threads: comments_replies, once a thread. */
export const firstRepliesQuery = (threadIds: readonly string[], generationId: string, limit: number): Prisma.Sql =>
  dressed(Prisma.sql`
    SELECT reply.* FROM unnest(${[...threadIds]}::uuid[]) AS thread (id) CROSS JOIN LATERAL (
      SELECT c.* FROM comments c WHERE c.parent_id = thread.id AND c.generation_id = ${generationId}::uuid AND c.parent_is_top ORDER BY c.created_at, c.id LIMIT ${limit}
    ) reply`);

/** A thread's replies: comments_replies. */
export const repliesQuery = (thread: { id: string; generationId: string }, cursor: Cursor | null, limit: number): Prisma.Sql =>
  dressed(Prisma.sql`
    SELECT c.* FROM comments c WHERE c.parent_id = ${thread.id}::uuid AND c.generation_id = ${thread.generationId}::uuid AND c.parent_is_top ${after(cursor)} ORDER BY c.created_at, c.id LIMIT ${limit}`);

export const oneCommentQuery = (commentId: string): Prisma.Sql => dressed(Prisma.sql`SELECT c.* FROM comments c WHERE c.id = ${commentId}::uuid`);

export const readComments = async (db: Reader, query: Prisma.Sql): Promise<CommentRow[]> => await db.$queryRaw<CommentRow[]>(query);

export interface FollowedRow { artist_id: string; username: string; name: string; image_key: string | null; artist_name: string; available: boolean; followers: number; styles: number; at: Date }

/** Those whom somebody follows, the newest first: follows_follower_id_created_at_artist_id_idx. */
export const followingQuery = (followerId: string, cursor: Cursor | null, limit: number): Prisma.Sql => Prisma.sql`
  WITH page AS (
    SELECT f.artist_id, f.created_at AS at FROM follows f
    WHERE f.follower_id = ${followerId}::uuid ${cursor ? Prisma.sql`AND (f.created_at, f.artist_id) < (${cursor.at.toISOString()}::timestamptz, ${cursor.id}::uuid)` : Prisma.empty}
    ORDER BY f.created_at DESC, f.artist_id DESC LIMIT ${limit}
  )
  SELECT page.artist_id, u.username, u.name, u.image_key, a.artist_name, u.state = 'active' AND a.deactivated_at IS NULL AS available, coalesce(c.followers, 0) AS followers, page.at,
    (SELECT count(*)::int FROM styles s WHERE s.artist_id = page.artist_id AND s.state IN ('published', 'paused')) AS styles
  FROM page JOIN artists a ON a.user_id = page.artist_id JOIN users u ON u.id = page.artist_id LEFT JOIN profile_counts c ON c.user_id = page.artist_id
  ORDER BY page.at DESC, page.artist_id DESC`;
