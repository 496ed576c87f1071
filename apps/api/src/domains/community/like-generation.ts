import { CodedError, type LikeDto } from '@style-license/shared';
import { addNotification } from '../../platform/add-notification.ts';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { lockActor, lockGeneration, lockShownGeneration } from './community.sql.ts';

/** Liked already: nothing changes. @throws NOT_PUBLIC */
export async function likeGeneration(deps: Deps, userId: string, generationId: string): Promise<LikeDto> {
  return await transaction(deps.db, async (tx) => {
    await lockActor(tx, userId);
    const { ownerId } = await lockShownGeneration(tx, generationId);
    const now = deps.clock.now();
    const liked = await tx.$queryRaw<unknown[]>`
      INSERT INTO likes (user_id, generation_id, created_at) VALUES (${userId}::uuid, ${generationId}::uuid, ${now.toISOString()}::timestamptz)
      ON CONFLICT (user_id, generation_id) DO NOTHING RETURNING 1 AS one`;
    const likeCount = await likesOf(tx, generationId);
    if (liked.length === 0) return { liked: true, likeCount };
    // Named by image and person: liking again after taking it back is not told twice.
    const told = await addNotification(tx, { userId: ownerId, kind: 'like', key: `${generationId} ${userId}`, actorId: userId, payload: { generationId }, createdAt: now });
    await raiseEvents(tx, told, { unhurried: true });
    return { liked: true, likeCount };
  });
}

/** Taken back whatever became of the image meanwhile; not liked: nothing changes. @throws NOT_PUBLIC when there is no such image */
export async function unlikeGeneration(deps: Deps, userId: string, generationId: string): Promise<LikeDto> {
  return await transaction(deps.db, async (tx) => {
    if (!(await lockGeneration(tx, generationId))) throw new CodedError('NOT_PUBLIC');
    const taken = await tx.$executeRaw`DELETE FROM likes WHERE user_id = ${userId}::uuid AND generation_id = ${generationId}::uuid`;
    // Who had no like there learns nothing about an image that is not public.
    if (taken === 0) await lockShownGeneration(tx, generationId);
    return { liked: false, likeCount: await likesOf(tx, generationId) };
  });
}

const likesOf = async (tx: Tx, generationId: string): Promise<number> =>
  (await tx.generation.findUniqueOrThrow({ where: { id: generationId }, select: { likeCount: true } })).likeCount;
