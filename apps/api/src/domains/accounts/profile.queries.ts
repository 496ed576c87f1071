import { CodedError, type ProfileDto } from '@style-license/shared';
import type { Reader } from '../../platform/database.ts';
import { personOf } from './person.ts';

interface ProfileRow {
  id: string; username: string; name: string; image_key: string | null; bio: string; created_at: Date; artist_name: string | null;
  published: number; likes_received: number; following: number; followers: number; followed: boolean; styles: bigint; sold: bigint;
}

/** A person's public page; who left or was deactivated has none. Its counts are kept (profile_counts), not counted. @throws NOT_FOUND */
export async function profile(db: Reader, username: string, viewerId: string | null): Promise<ProfileDto> {
  const [row] = await db.$queryRaw<ProfileRow[]>`
    SELECT u.id, u.username, u.name, u.image_key, u.bio, u.created_at, a.artist_name, coalesce(c.published, 0) AS published, coalesce(c.likes_received, 0) AS likes_received,
      coalesce(c.following, 0) AS following, coalesce(c.followers, 0) AS followers, f.follower_id IS NOT NULL AS followed, sold.styles, sold.sold
    FROM users u LEFT JOIN artists a ON a.user_id = u.id AND a.deactivated_at IS NULL
      LEFT JOIN profile_counts c ON c.user_id = u.id
      LEFT JOIN follows f ON f.follower_id = ${viewerId}::uuid AND f.artist_id = u.id,
      LATERAL (SELECT count(*) AS styles, coalesce(sum(sold_count), 0) AS sold FROM styles WHERE artist_id = u.id AND state IN ('published', 'paused')) sold
    WHERE u.username = ${username.toLowerCase()} AND u.state = 'active'`;
  if (!row) throw new CodedError('NOT_FOUND');
  const isArtist = row.artist_name !== null;
  return {
    person: personOf({ username: row.username, name: row.name, imageKey: row.image_key }),
    bio: row.bio,
    artistName: row.artist_name,
    counts: {
      published: row.published, likesReceived: row.likes_received, following: row.following, followers: isArtist ? row.followers : null,
      styles: isArtist ? Number(row.styles) : null, generationsSold: isArtist ? Number(row.sold) : null,
    },
    isMe: row.id === viewerId,
    followed: row.followed,
    joinedAt: row.created_at.toISOString(),
  };
}
