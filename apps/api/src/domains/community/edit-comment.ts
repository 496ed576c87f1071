import { CodedError } from '@style-license/shared';
import type { Comment } from '@style-license/db';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { commentText } from './comment-text.ts';
import { lockActor, lockGeneration, lockShownGeneration } from './community.sql.ts';

/** @throws COMMENT_EMPTY, COMMENT_TOO_LONG, NOT_FOUND for anybody else's, COMMENT_GONE, NOT_PUBLIC */
export async function editComment(deps: Deps, authorId: string, commentId: string, typed: string): Promise<void> {
  const text = commentText(typed);
  await transaction(deps.db, async (tx) => {
    await lockActor(tx, authorId);
    const comment = await lockOwn(tx, authorId, commentId);
    await lockShownGeneration(tx, comment.generationId);
    if (comment.deletedAt !== null || comment.hiddenAt !== null) throw new CodedError('COMMENT_GONE');
    if (comment.text === text) return;
    await tx.comment.update({ where: { id: commentId }, data: { text, editedAt: deps.clock.now() } });
  });
}

/**
 * Answered by others, a comment stays as an empty place; else it goes, and with the last reply goes the empty place above it. Gone
 * already: nothing changes. One's own words can be taken back whatever became of the image.
 * @throws NOT_FOUND for anybody else's
 */
export async function deleteComment(deps: Deps, authorId: string, commentId: string): Promise<'gone' | 'empty'> {
  return await transaction(deps.db, async (tx) => {
    await lockActor(tx, authorId);
    const comment = await lockOwn(tx, authorId, commentId);
    if (comment.parentId === null && (await hasReplies(tx, comment))) {
      if (comment.deletedAt === null) await tx.comment.update({ where: { id: commentId }, data: { text: '', deletedAt: deps.clock.now() } });
      return 'empty';
    }
    await tx.comment.delete({ where: { id: commentId } });
    if (comment.parentId !== null) await removeEmptyPlace(tx, comment.parentId, comment.generationId);
    return 'gone';
  });
}

/** The image first: every change of its comments waits for that one lock. */
async function lockOwn(tx: Tx, authorId: string, commentId: string): Promise<Comment> {
  const found = await tx.comment.findUnique({ where: { id: commentId }, select: { generationId: true, authorId: true } });
  if (found?.authorId !== authorId) throw new CodedError('NOT_FOUND');
  await lockGeneration(tx, found.generationId);
  const comment = await tx.comment.findUnique({ where: { id: commentId } });
  if (!comment) throw new CodedError('NOT_FOUND');
  return comment;
}

const hasReplies = async (tx: Tx, { id, generationId }: { id: string; generationId: string }): Promise<boolean> =>
  (await tx.comment.findFirst({ where: { parentId: id, generationId }, select: { id: true } })) !== null;

async function removeEmptyPlace(tx: Tx, parentId: string, generationId: string): Promise<void> {
  if (await hasReplies(tx, { id: parentId, generationId })) return;
  await tx.comment.deleteMany({ where: { id: parentId, deletedAt: { not: null } } });
}
