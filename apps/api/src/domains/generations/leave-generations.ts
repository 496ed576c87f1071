import { Prisma } from '@style-license/db';
import type { LeaveStep } from '../../platform/leaving.ts';

/**
 * What a person made goes with them: published images disappear, texts are erased, files are deleted. The rows stay, without
 * anything personal, because licences and the numbers in the style point to them. A deactivated artist's images stay.
 */
export const leaveGenerations: LeaveStep = {
  name: 'generations',
  async run(tx, deps, { userId, mode }) {
    if (mode === 'deactivate') return;
    await tx.$executeRaw`
      INSERT INTO object_deletions (key, not_before)
      SELECT key, ${deps.clock.now().toISOString()}::timestamptz FROM generations g
      CROSS JOIN LATERAL unnest(ARRAY[g.original_key, g.feed_key, g.thumbnail_key, 'derived/' || g.id || '/image.jpg']) AS key
      WHERE g.owner_id = ${userId}::uuid AND g.state = 'completed' AND key IS NOT NULL`;
    await tx.generation.updateMany({ where: { ownerId: userId }, data: { visibility: 'private', description: '', tags: [], unmatchedTags: [], provenance: Prisma.DbNull } });
  },
};
