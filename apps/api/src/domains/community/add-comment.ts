import { CodedError } from '@style-license/shared';
import { addNotification } from '../../platform/add-notification.ts';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents, type RaisedEvent } from '../../platform/events.ts';
import { commentText } from './comment-text.ts';
import { lockActor, lockShownGeneration } from './community.sql.ts';

export interface NewComment { id: string; generationId: string; parentId?: string | null | undefined; text: string }

/**
 * The id is the client's: sent twice, it is one comment.
 * @throws COMMENT_EMPTY, COMMENT_TOO_LONG, NOT_PUBLIC, COMMENT_GONE or REPLY_DEPTH_EXCEEDED for what cannot be answered, REQUEST_REUSED for an id that says something else
 */
export async function addComment(deps: Deps, authorId: string, comment: NewComment): Promise<void> {
  const text = commentText(comment.text);
  await transaction(deps.db, async (tx) => {
    await lockActor(tx, authorId);
    const { ownerId } = await lockShownGeneration(tx, comment.generationId);
    const parentAuthorId = comment.parentId ? await answered(tx, comment.generationId, comment.parentId) : null;
    const createdAt = deps.clock.now();
    const [added] = await tx.comment.createManyAndReturn({
      data: [{ id: comment.id, generationId: comment.generationId, authorId, parentId: comment.parentId ?? null, text, createdAt }], skipDuplicates: true, select: { id: true },
    });
    if (!added) return await sameAsBefore(tx, authorId, { ...comment, text });
    await raiseEvents(tx, await tell(tx, { comment, authorId, ownerId, parentAuthorId, createdAt }));
  });
}

/** Whom one answers. All comments of an image change under its lock, so what is seen here stays. */
async function answered(tx: Tx, generationId: string, parentId: string): Promise<string> {
  const parent = await tx.comment.findUnique({ where: { id: parentId }, select: { generationId: true, authorId: true, parentId: true, deletedAt: true, hiddenAt: true } });
  if (parent?.generationId !== generationId) throw new CodedError('COMMENT_GONE');
  if (parent.parentId !== null) throw new CodedError('REPLY_DEPTH_EXCEEDED');
  if (parent.deletedAt !== null || parent.hiddenAt !== null) throw new CodedError('COMMENT_GONE');
  return parent.authorId;
}

async function sameAsBefore(tx: Tx, authorId: string, { id, generationId, parentId, text }: NewComment): Promise<void> {
  const before = await tx.comment.findUnique({ where: { id } });
  const same = before?.authorId === authorId && before.generationId === generationId && before.parentId === (parentId ?? null) && before.text === text;
  if (!same) throw new CodedError('REQUEST_REUSED');
}

interface Said { comment: NewComment; authorId: string; ownerId: string; parentAuthorId: string | null; createdAt: Date }

/** Who is answered hears of a reply, the image's owner of a comment; who is both hears once. */
async function tell(tx: Tx, { comment, authorId, ownerId, parentAuthorId, createdAt }: Said): Promise<RaisedEvent[]> {
  const about = { key: comment.id, actorId: authorId, payload: { generationId: comment.generationId, commentId: comment.id }, createdAt };
  const told: RaisedEvent[] = [];
  if (parentAuthorId !== null) told.push(...(await addNotification(tx, { ...about, userId: parentAuthorId, kind: 'reply' })));
  if (ownerId !== parentAuthorId) told.push(...(await addNotification(tx, { ...about, userId: ownerId, kind: 'comment' })));
  return told;
}
