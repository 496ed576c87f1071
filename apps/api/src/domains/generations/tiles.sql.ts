/** Pages of images, newest first, by keyset on (time, id) as a row value (R30). Each names the index that serves it. */
import { Prisma } from '@style-license/db';
import type { Cursor } from '../../platform/cursor.ts';
import { firstInOrder, type Reader } from '../../platform/database.ts';
import { isLiked } from './liked.sql.ts';

export interface TileRow {
  id: string; style_id: string; style_title: string; style_title_ko: string | null; number: number | null; price_tokens: number; ratio: string;
  artist_username: string; artist_name: string; artist_image_key: string | null;
  original_key: string | null; feed_key: string | null; thumbnail_key: string | null; dominant_colour: string; tags: string[]; like_count: number; comment_count: number; liked: boolean; visibility: string; hidden_at: Date | null; at: Date;
}
export interface PageRequest { after: Cursor | null; limit: number; /** Whose hearts are shown. */ viewerId: string | null }

/** What everyone may see; the predicate of the partial indexes. */
export const IS_SHOWN = Prisma.sql`g.visibility = 'public' AND g.hidden_at IS NULL`;

const before = (column: Prisma.Sql, after: Cursor | null): Prisma.Sql =>
  after ? Prisma.sql`AND (${column}, g.id) < (${after.at.toISOString()}::timestamptz, ${after.id}::uuid)` : Prisma.empty;
const PUBLISHED = Prisma.sql`g.published_at`;
const CREATED = Prisma.sql`g.created_at`;

const tilePage = (at: Prisma.Sql, where: Prisma.Sql, { after, limit, viewerId }: PageRequest): Prisma.Sql =>
  dressed(firstInOrder(Prisma.sql`SELECT g.*, ${at} AS at FROM generations g WHERE ${where} ${before(at, after)} ORDER BY ${at} DESC, g.id DESC`, limit), viewerId);

/** The page first, its styles and artists after: the joins touch as many rows as are shown. */
function dressed(page: Prisma.Sql, viewerId: string | null): Prisma.Sql {
  return Prisma.sql`
    WITH page AS (${page})
    SELECT page.id, page.style_id, s.title AS style_title, s.title_ko AS style_title_ko, page.number, s.price_tokens, page.ratio,
      u.username AS artist_username, a.artist_name, u.image_key AS artist_image_key,
      page.original_key, page.feed_key, page.thumbnail_key, page.dominant_colour, page.tags, page.like_count, page.comment_count, page.visibility,
      page.hidden_at, ${isLiked(viewerId, Prisma.sql`page.id`)} AS liked, page.at
    FROM page
    JOIN styles s ON s.id = page.style_id
    JOIN artists a ON a.user_id = s.artist_id
    JOIN users u ON u.id = a.user_id
    ORDER BY page.at DESC, page.id DESC`;
}

export const readTiles = async (db: Reader, query: Prisma.Sql): Promise<TileRow[]> => await db.$queryRaw<TileRow[]>(query);

/** generations_feed */
export const feedTiles = (page: PageRequest): Prisma.Sql => tilePage(PUBLISHED, IS_SHOWN, page);

/**
 * What was made in the styles of the artists whom somebody follows, and what these artists published themselves. Each style and each
 * artist gives its newest through generations_style_public and generations_owner_public, and the newest of these are the page: the
 * work grows with how many one follows, never with how many images there are.
 */
export function followingTiles(followerId: string, { after, limit, viewerId }: PageRequest): Prisma.Sql {
  const newest = (where: Prisma.Sql): Prisma.Sql => Prisma.sql`
    (SELECT g.id, g.published_at AS at FROM generations g WHERE ${where} AND ${IS_SHOWN} ${before(PUBLISHED, after)} ORDER BY g.published_at DESC, g.id DESC LIMIT ${limit})`;
  return dressed(Prisma.sql`
    SELECT g.*, chosen.at FROM (
      SELECT made.id, made.at FROM follows f JOIN styles s ON s.artist_id = f.artist_id CROSS JOIN LATERAL ${newest(Prisma.sql`g.style_id = s.id`)} made WHERE f.follower_id = ${followerId}::uuid
      UNION
      SELECT own.id, own.at FROM follows f CROSS JOIN LATERAL ${newest(Prisma.sql`g.owner_id = f.artist_id`)} own WHERE f.follower_id = ${followerId}::uuid
      ORDER BY at DESC, id DESC LIMIT ${limit}
    ) chosen JOIN generations g ON g.id = chosen.id`, viewerId);
}

/** generations_style_public */
export const styleTiles = (styleId: string, page: PageRequest): Prisma.Sql =>
  tilePage(PUBLISHED, Prisma.sql`${IS_SHOWN} AND g.style_id = ${styleId}::uuid`, page);

/** generations_owner_public */
export const ownerPublicTiles = (ownerId: string, page: PageRequest): Prisma.Sql =>
  tilePage(PUBLISHED, Prisma.sql`${IS_SHOWN} AND g.owner_id = ${ownerId}::uuid`, page);

/** generations_owner_id_created_at_id_idx, or generations_owner_style when one style is asked for. */
export function ownTilesQuery(request: { ownerId: string; filter: 'all' | 'private' | 'public'; styleId: string | null }, page: PageRequest): Prisma.Sql {
  const ofStyle = request.styleId === null ? Prisma.empty : Prisma.sql`AND g.style_id = ${request.styleId}::uuid`;
  const ofVisibility = request.filter === 'all' ? Prisma.empty : Prisma.sql`AND g.visibility = ${request.filter}`;
  return tilePage(CREATED, Prisma.sql`g.owner_id = ${request.ownerId}::uuid AND g.state = 'completed' ${ofVisibility} ${ofStyle}`, page);
}
