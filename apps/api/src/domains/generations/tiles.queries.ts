import { CodedError, type GenerationTileDto, type Page, type Ratio, type Visibility } from '@style-license/shared';
import type { Prisma } from '@style-license/db';
import { decodeCursor, encodeCursor } from '../../platform/cursor.ts';
import type { Deps } from '../../platform/deps.ts';
import { personOf } from '../accounts/index.ts';
import { imageUrls } from './image-urls.ts';
import { feedTiles, ownerPublicTiles, ownTilesQuery, readTiles, styleTiles, type PageRequest, type TileRow } from './tiles.sql.ts';

export interface PageInput { cursor?: string | null; limit: number }

/** Everyone's published images. Following people comes with the community; nobody follows anybody yet. */
export async function feed(deps: Deps, input: PageInput & { scope: 'everyone' | 'following' }): Promise<Page<GenerationTileDto>> {
  return await tiles(deps, input, (page) => (input.scope === 'following' ? null : feedTiles(page)));
}

export async function tilesOfStyle(deps: Deps, input: PageInput & { styleId: string }): Promise<Page<GenerationTileDto>> {
  return await tiles(deps, input, (page) => styleTiles(input.styleId, page));
}

/** What a person published. @throws NOT_FOUND */
export async function tilesOfUser(deps: Deps, input: PageInput & { username: string }): Promise<Page<GenerationTileDto>> {
  const user = await deps.db.user.findUnique({ where: { username: input.username }, select: { id: true, state: true } });
  if (!user || user.state === 'left') throw new CodedError('NOT_FOUND');
  return await tiles(deps, input, (page) => ownerPublicTiles(user.id, page));
}

/** One's own, private ones too. */
export async function ownTiles(deps: Deps, ownerId: string, input: PageInput & { filter: 'all' | 'private' | 'public'; styleId?: string | null }): Promise<Page<GenerationTileDto>> {
  return await tiles(deps, input, (page) => ownTilesQuery({ ownerId, filter: input.filter, styleId: input.styleId ?? null }, page));
}

async function tiles(deps: Deps, { cursor, limit }: PageInput, query: (page: PageRequest) => Prisma.Sql | null): Promise<Page<GenerationTileDto>> {
  // One row more than is shown tells whether there is more.
  const asked = query({ after: cursor ? decodeCursor(cursor) : null, limit: limit + 1 });
  const rows = asked ? await readTiles(deps.db, asked) : [];
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit;
  return { items: await Promise.all(shown.map((row) => tileDto(deps, row))), nextCursor: hasMore && last ? encodeCursor(last) : null, hasMore };
}

async function tileDto(deps: Deps, row: TileRow): Promise<GenerationTileDto> {
  const urls = await imageUrls(deps, { id: row.id, visibility: row.visibility, originalKey: row.original_key, feedKey: row.feed_key, thumbnailKey: row.thumbnail_key });
  return {
    id: row.id, styleId: row.style_id, styleTitle: row.style_title, styleTitleKo: row.style_title_ko, number: row.number, priceTokens: row.price_tokens,
    artist: personOf({ username: row.artist_username, name: row.artist_name, imageKey: row.artist_image_key }),
    ratio: row.ratio as Ratio, imageUrl: urls.feed ?? '', thumbnailUrl: urls.thumbnail ?? '', dominantColour: row.dominant_colour,
    tags: row.tags, likeCount: row.like_count, liked: false, visibility: row.visibility as Visibility, at: row.at.toISOString(),
  };
}
