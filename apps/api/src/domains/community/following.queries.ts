import type { FollowedArtistDto, Page } from '@style-license/shared';
import { decodeListCursor, encodeListCursor } from '../../platform/cursor.ts';
import type { Reader } from '../../platform/database.ts';
import { personOf } from '../accounts/index.ts';
import { followingQuery, type FollowedRow } from './community.sql.ts';

/** The artists whom one follows, the newest first. */
export async function following(db: Reader, followerId: string, { cursor, limit }: { cursor?: string | null | undefined; limit: number }): Promise<Page<FollowedArtistDto>> {
  const rows = await db.$queryRaw<FollowedRow[]>(followingQuery(followerId, cursor ? decodeListCursor('followed', cursor) : null, limit + 1));
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit;
  return {
    items: shown.map((row) => ({
      person: personOf({ username: row.username, name: row.artist_name || row.name, imageKey: row.image_key }),
      followedAt: row.at.toISOString(), available: row.available, followers: row.followers, styles: row.styles,
    })),
    hasMore, nextCursor: hasMore && last ? encodeListCursor('followed', { at: last.at, id: last.artist_id }) : null,
  };
}
