import { CodedError, type CommentDto, type Page, type PersonDto, type ThreadDto } from '@style-license/shared';
import { decodeListCursor, encodeListCursor } from '../../platform/cursor.ts';
import type { Reader } from '../../platform/database.ts';
import { artistPersonOf, personOf } from '../accounts/index.ts';
import { firstRepliesQuery, oneCommentQuery, readComments, repliesQuery, threadsQuery, type CommentRow } from './community.sql.ts';

interface PageInput { cursor?: string | null | undefined; limit: number }

/** Shown under a comment at once; more are asked for. */
const FIRST_REPLIES = 5;
const LIKED_BY = 3;

/** An image's comments, the oldest first, each with its first replies. @throws NOT_FOUND as for the image itself */
export async function threads(db: Reader, viewerId: string | null, { generationId, cursor, limit }: PageInput & { generationId: string }): Promise<Page<ThreadDto>> {
  await requireReadable(db, generationId, viewerId);
  const rows = await readComments(db, threadsQuery(generationId, cursor ? decodeListCursor('threads', cursor) : null, limit + 1));
  const shown = pageOf('threads', rows, limit);
  const ids = shown.items.map(({ id }) => id);
  const replies = ids.length === 0 ? [] : await readComments(db, firstRepliesQuery(ids, generationId, FIRST_REPLIES + 1));
  return { ...shown, items: shown.items.map((row) => ({ ...commentDto(row, viewerId), replies: dtos(pageOf(row.id, replies.filter(({ parent_id }) => parent_id === row.id), FIRST_REPLIES), viewerId) })) };
}

/** More replies of a thread. @throws NOT_FOUND */
export async function replies(db: Reader, viewerId: string | null, { commentId, cursor, limit }: PageInput & { commentId: string }): Promise<Page<CommentDto>> {
  const thread = await db.comment.findUnique({ where: { id: commentId }, select: { id: true, generationId: true } });
  if (!thread) throw new CodedError('NOT_FOUND');
  await requireReadable(db, thread.generationId, viewerId);
  const rows = await readComments(db, repliesQuery(thread, cursor ? decodeListCursor(commentId, cursor) : null, limit + 1));
  return dtos(pageOf(commentId, rows, limit), viewerId);
}

/** @throws NOT_FOUND */
export async function oneComment(db: Reader, viewerId: string, commentId: string): Promise<CommentDto> {
  const [row] = await readComments(db, oneCommentQuery(commentId));
  if (!row) throw new CodedError('NOT_FOUND');
  return commentDto(row, viewerId);
}

/** The newest of those who like an image: likes_generation_id_created_at_idx. @throws NOT_FOUND */
export async function likedBy(db: Reader, viewerId: string | null, generationId: string): Promise<{ items: PersonDto[] }> {
  await requireReadable(db, generationId, viewerId);
  const likes = await db.like.findMany({ where: { generationId }, orderBy: { createdAt: 'desc' }, take: LIKED_BY, select: { user: { select: { username: true, name: true, imageKey: true } } } });
  return { items: likes.map(({ user }) => personOf(user)) };
}

/** Who may see the image may read its talk; a private one keeps its talk, unseen, and its owner too sees none until it is public again. */
async function requireReadable(db: Reader, generationId: string, viewerId: string | null): Promise<void> {
  const generation = await db.generation.findUnique({ where: { id: generationId }, select: { visibility: true, hiddenAt: true, ownerId: true } });
  if (!generation) throw new CodedError('NOT_FOUND');
  const shown = generation.visibility === 'public' && generation.hiddenAt === null;
  if (!shown) throw new CodedError(generation.ownerId === viewerId ? 'NOT_PUBLIC' : 'NOT_FOUND');
}

function pageOf(list: string, rows: readonly CommentRow[], limit: number): Page<CommentRow> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const hasMore = rows.length > limit;
  return { items, hasMore, nextCursor: hasMore && last ? encodeListCursor(list, { at: last.created_at, id: last.id }) : null };
}

const dtos = (page: Page<CommentRow>, viewerId: string | null): Page<CommentDto> => ({ ...page, items: page.items.map((row) => commentDto(row, viewerId)) });

function commentDto(row: CommentRow, viewerId: string | null): CommentDto {
  const state = row.deleted_at !== null ? 'deleted' : row.hidden_at !== null ? 'hidden' : 'shown';
  const person = { username: row.username, name: row.name, imageKey: row.image_key };
  const author = row.by_artist && row.artist_name !== null ? artistPersonOf({ ...person, artist: { artistName: row.artist_name } }) : personOf(person);
  const isShown = state === 'shown';
  return {
    id: row.id, parentId: row.parent_id, state, author: isShown && row.author_state !== 'left' ? author : null, byArtist: isShown && row.by_artist,
    isMine: isShown && row.author_id === viewerId, text: isShown ? row.text : '', createdAt: row.created_at.toISOString(), editedAt: isShown ? (row.edited_at?.toISOString() ?? null) : null,
  };
}
