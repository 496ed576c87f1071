import { CodedError, type ProfileDto } from '@style-license/shared';
import type { Reader } from '../../platform/database.ts';
import { personOf } from './person.ts';

interface ProfileRow {
  id: string; username: string; name: string; image_key: string | null; bio: string; created_at: Date; artist_name: string | null;
  published: bigint; likes: bigint; styles: bigint; sold: bigint;
}

/** A person's public page; who left or was deactivated has none. Served by generations_owner_public and the index on styles' artist. @throws NOT_FOUND */
export async function profile(db: Reader, username: string, viewerId: string | null): Promise<ProfileDto> {
  const [row] = await db.$queryRaw<ProfileRow[]>`
    SELECT u.id, u.username, u.name, u.image_key, u.bio, u.created_at, a.artist_name, made.published, made.likes, sold.styles, sold.sold
    FROM users u LEFT JOIN artists a ON a.user_id = u.id AND a.deactivated_at IS NULL,
      LATERAL (SELECT count(*) AS published, coalesce(sum(like_count), 0) AS likes FROM generations WHERE owner_id = u.id AND visibility = 'public') made,
      LATERAL (SELECT count(*) AS styles, coalesce(sum(sold_count), 0) AS sold FROM styles WHERE artist_id = u.id AND state IN ('published', 'paused')) sold
    WHERE u.username = ${username.toLowerCase()} AND u.state = 'active'`;
  if (!row) throw new CodedError('NOT_FOUND');
  const isArtist = row.artist_name !== null;
  return {
    person: personOf({ username: row.username, name: row.name, imageKey: row.image_key }),
    bio: row.bio,
    artistName: row.artist_name,
    counts: {
      published: Number(row.published), likesReceived: Number(row.likes),
      // Following comes with the community; nobody follows anybody yet.
      following: 0, followers: isArtist ? 0 : null,
      styles: isArtist ? Number(row.styles) : null, generationsSold: isArtist ? Number(row.sold) : null,
    },
    isMe: row.id === viewerId,
    joinedAt: row.created_at.toISOString(),
  };
}
