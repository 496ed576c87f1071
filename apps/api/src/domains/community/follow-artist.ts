import { CodedError, type FollowDto } from '@style-license/shared';
import { addNotification } from '../../platform/add-notification.ts';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { lockActor } from './community.sql.ts';

/** @throws SELF_FOLLOW_NOT_ALLOWED, ARTIST_NOT_AVAILABLE for who is none or was deactivated, DUPLICATE_FOLLOW */
export async function followArtist(deps: Deps, followerId: string, username: string): Promise<FollowDto> {
  return await transaction(deps.db, async (tx) => {
    await lockActor(tx, followerId);
    const artistId = await lockArtist(tx, username, followerId);
    const followed = await tx.$queryRaw<unknown[]>`
      INSERT INTO follows (follower_id, artist_id, created_at) VALUES (${followerId}::uuid, ${artistId}::uuid, ${deps.clock.now().toISOString()}::timestamptz)
      ON CONFLICT (follower_id, artist_id) DO NOTHING RETURNING 1 AS one`;
    if (followed.length === 0) throw new CodedError('DUPLICATE_FOLLOW');
    // Named by who follows: following again after unfollowing is not told twice.
    const told = await addNotification(tx, { userId: artistId, kind: 'follow', key: followerId, actorId: followerId, payload: {}, createdAt: deps.clock.now() });
    const followers = await followersOf(tx, artistId);
    await raiseEvents(tx, told);
    return { followed: true, followers };
  });
}

/** Changes nothing when nothing is followed. @throws NOT_FOUND when there is nobody of that name */
export async function unfollowArtist(deps: Deps, followerId: string, username: string): Promise<FollowDto> {
  return await transaction(deps.db, async (tx) => {
    const artist = await tx.user.findUnique({ where: { username: username.toLowerCase() }, select: { id: true } });
    if (!artist) throw new CodedError('NOT_FOUND');
    await tx.$executeRaw`DELETE FROM follows WHERE follower_id = ${followerId}::uuid AND artist_id = ${artist.id}::uuid`;
    return { followed: false, followers: await followersOf(tx, artist.id) };
  });
}

/** Shared with other followers; who deactivates the artist waits for us, and we for them. */
async function lockArtist(tx: Tx, username: string, followerId: string): Promise<string> {
  const user = await tx.user.findUnique({ where: { username: username.toLowerCase() }, select: { id: true, state: true } });
  if (user?.id === followerId) throw new CodedError('SELF_FOLLOW_NOT_ALLOWED');
  if (user?.state !== 'active') throw new CodedError('ARTIST_NOT_AVAILABLE');
  const [artist] = await tx.$queryRaw<{ gone: boolean }[]>`SELECT deactivated_at IS NOT NULL AS gone FROM artists WHERE user_id = ${user.id}::uuid FOR SHARE`;
  if (!artist || artist.gone) throw new CodedError('ARTIST_NOT_AVAILABLE');
  return user.id;
}

const followersOf = async (tx: Tx, artistId: string): Promise<number> =>
  (await tx.profileCounts.findUnique({ where: { userId: artistId }, select: { followers: true } }))?.followers ?? 0;
