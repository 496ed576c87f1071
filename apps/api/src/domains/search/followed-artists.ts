import type { followedArtistsDto } from '@style-license/shared';
import type * as z from 'zod';
import type { Deps } from '../../platform/deps.ts';
import { personOf } from '../accounts/index.ts';

const SHOWN = 8;
const NEW_MS = 24 * 3_600_000;
/** More than that is "many": counting stops there. */
const COUNTED_MAX = 99;

interface Row { username: string; name: string; image_key: string | null; fresh: number; total: number }

/**
 * Artists one follows, those with new images first: how many were published in their styles since yesterday. Follows by their index on
 * (follower, time); the images of each style by generations_style_public, at most ninety-nine of the last day.
 */
export async function followedArtists({ db, clock }: Pick<Deps, 'db' | 'clock'>, followerId: string): Promise<z.infer<typeof followedArtistsDto>> {
  const since = new Date(clock.now().getTime() - NEW_MS);
  const rows = await db.$queryRaw<Row[]>`
    SELECT u.username, a.artist_name AS name, u.image_key, made.fresh, (count(*) OVER ())::int AS total
    FROM follows f JOIN artists a ON a.user_id = f.artist_id JOIN users u ON u.id = a.user_id
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS fresh FROM (
        SELECT 1 FROM styles s JOIN generations g ON g.style_id = s.id AND g.visibility = 'public' AND g.hidden_at IS NULL AND g.published_at > ${since}
        WHERE s.artist_id = f.artist_id LIMIT ${COUNTED_MAX}) few
    ) made
    WHERE f.follower_id = ${followerId}::uuid AND u.state = 'active' AND a.deactivated_at IS NULL
    ORDER BY made.fresh DESC, f.created_at DESC, f.artist_id DESC LIMIT ${SHOWN}`;
  return { items: rows.map((row) => ({ person: personOf({ username: row.username, name: row.name, imageKey: row.image_key }), fresh: row.fresh })), total: rows[0]?.total ?? 0 };
}
