import { CodedError, type GenerationTileDto, type Page, type Ratio, type Visibility } from '@style-license/shared';
import type { Prisma } from '@style-license/db';
import { decodeListCursor, encodeListCursor } from '../../platform/cursor.ts';
import type { Deps } from '../../platform/deps.ts';
import { personOf } from '../accounts/index.ts';
import { imageUrls } from './image-urls.ts';
import { feedTiles, followingTiles, ownerPublicTiles, ownTilesQuery, readTiles, styleTiles, type PageRequest, type TileRow } from './tiles.sql.ts';

export interface PageInput { cursor?: string | null; limit: number }

/** Everyone's published images, or what comes from the artists whom one follows. @throws UNAUTHORIZED for a visitor who asks for those */
export async function feed(deps: Deps, viewerId: string | null, input: PageInput & { scope: 'everyone' | 'following' }): Promise<Page<GenerationTileDto>> {
  if (input.scope === 'everyone') return await tiles(deps, 'feed', viewerId, input, feedTiles);
  if (viewerId === null) throw new CodedError('UNAUTHORIZED');
  return await tiles(deps, 'following', viewerId, input, (page) => followingTiles(viewerId, page));
}

export async function tilesOfStyle(deps: Deps, viewerId: string | null, input: PageInput & { styleId: string }): Promise<Page<GenerationTileDto>> {
  return await tiles(deps, 'ofStyle', viewerId, input, (page) => styleTiles(input.styleId, page));
}

/** What a person published. @throws NOT_FOUND */
export async function tilesOfUser(deps: Deps, viewerId: string | null, input: PageInput & { username: string }): Promise<Page<GenerationTileDto>> {
  const user = await deps.db.user.findUnique({ where: { username: input.username.toLowerCase() }, select: { id: true, state: true } });
  if (user?.state !== 'active') throw new CodedError('NOT_FOUND');
  return await tiles(deps, 'ofUser', viewerId, input, (page) => ownerPublicTiles(user.id, page));
}

/** One's own, private ones too. */
export async function ownTiles(deps: Deps, ownerId: string, input: PageInput & { filter: 'all' | 'private' | 'public'; styleId?: string | null }): Promise<Page<GenerationTileDto>> {
  return await tiles(deps, 'mine', ownerId, input, (page) => ownTilesQuery({ ownerId, filter: input.filter, styleId: input.styleId ?? null }, page));
}

async function tiles(deps: Deps, list: string, viewerId: string | null, { cursor, limit }: PageInput, query: (page: PageRequest) => Prisma.Sql): Promise<Page<GenerationTileDto>> {
  // One row more than is shown tells whether there is more.
  const rows = await readTiles(deps.db, query({ after: cursor ? decodeListCursor(list, cursor) : null, limit: limit + 1, viewerId }));
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit;
  return { items: await Promise.all(shown.map((row) => tileDto(deps, row))), nextCursor: hasMore && last ? encodeListCursor(list, last) : null, hasMore };
}

async function tileDto(deps: Deps, row: TileRow): Promise<GenerationTileDto> {
  const urls = await imageUrls(deps, { id: row.id, visibility: row.visibility, hiddenAt: row.hidden_at, originalKey: row.original_key, feedKey: row.feed_key, thumbnailKey: row.thumbnail_key });
  return {
    id: row.id, styleId: row.style_id, styleTitle: row.style_title, styleTitleKo: row.style_title_ko, number: row.number, priceTokens: row.price_tokens,
    artist: personOf({ username: row.artist_username, name: row.artist_name, imageKey: row.artist_image_key }),
    ratio: row.ratio as Ratio, imageUrl: urls.feed ?? '', thumbnailUrl: urls.thumbnail ?? '', dominantColour: row.dominant_colour,
    tags: row.tags, likeCount: row.like_count, liked: row.liked, commentCount: row.comment_count, visibility: row.visibility as Visibility, hidden: row.hidden_at !== null, at: row.at.toISOString(),
  };
}
