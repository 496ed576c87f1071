import type { Tx } from '../../platform/database.ts';
import type { LeaveStep } from '../../platform/leaving.ts';

/**
 * Likes, comments and follows go with a person, and so does what others heard of them. What others answered stays, under an empty
 * place. With images that go (not with a deactivated artist's, which stay) go their likes and comments. Counts follow by themselves.
 */
export const leaveCommunity: LeaveStep = {
  name: 'community',
  async run(tx, deps, { userId, mode }) {
    // Who follows this very moment shares this lock: it is seen below, or sees the artist gone.
    await tx.$executeRaw`SELECT 1 FROM artists WHERE user_id = ${userId}::uuid FOR UPDATE`;
    await lockTouchedGenerations(tx, userId);
    if (mode === 'leave') {
      await tx.$executeRaw`DELETE FROM comments WHERE generation_id IN (SELECT id FROM generations WHERE owner_id = ${userId}::uuid)`;
      await tx.$executeRaw`DELETE FROM likes WHERE generation_id IN (SELECT id FROM generations WHERE owner_id = ${userId}::uuid)`;
    }
    await removeComments(tx, userId, deps.clock.now());
    await tx.$executeRaw`DELETE FROM likes WHERE user_id = ${userId}::uuid`;
    await tx.$executeRaw`DELETE FROM follows WHERE follower_id = ${userId}::uuid OR artist_id = ${userId}::uuid`;
    await tx.$executeRaw`DELETE FROM notifications WHERE actor_id = ${userId}::uuid`;
  },
};

/** In the order of their ids, as everybody does who locks several. */
async function lockTouchedGenerations(tx: Tx, userId: string): Promise<void> {
  await tx.$executeRaw`
    SELECT 1 FROM generations WHERE id IN (
      SELECT generation_id FROM likes WHERE user_id = ${userId}::uuid UNION SELECT generation_id FROM comments WHERE author_id = ${userId}::uuid
      UNION SELECT id FROM generations WHERE owner_id = ${userId}::uuid AND visibility = 'public'
    ) ORDER BY id FOR NO KEY UPDATE`;
}

async function removeComments(tx: Tx, userId: string, now: Date): Promise<void> {
  const answered = await tx.$queryRaw<{ parent_id: string }[]>`DELETE FROM comments WHERE author_id = ${userId}::uuid AND parent_id IS NOT NULL RETURNING parent_id`;
  await tx.$executeRaw`
    DELETE FROM comments c WHERE c.author_id = ${userId}::uuid AND NOT EXISTS (SELECT 1 FROM comments reply WHERE reply.parent_id = c.id)`;
  await tx.$executeRaw`UPDATE comments SET text = '', deleted_at = ${now.toISOString()}::timestamptz WHERE author_id = ${userId}::uuid AND deleted_at IS NULL`;
  // Empty places that nothing hangs on any more.
  await tx.$executeRaw`
    DELETE FROM comments c WHERE c.id = ANY(${answered.map(({ parent_id }) => parent_id)}::uuid[]) AND c.deleted_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM comments reply WHERE reply.parent_id = c.id)`;
}
