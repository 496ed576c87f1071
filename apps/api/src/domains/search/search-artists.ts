import type { ArtistHitPage, searchArtistsInput } from '@style-license/shared';
import type * as z from 'zod';
import type { Deps } from '../../platform/deps.ts';
import { personOf } from '../accounts/index.ts';
import { readTyped, type Typed } from './find-match.ts';
import { foundPage } from './found-page.ts';
import { artistsFoundSql, type FoundArtist } from './search.sql.ts';

/** Artists by artist name and username. "Popular" is by the images that others made in their styles. @throws BAD_REQUEST */
export async function searchArtists({ db }: Pick<Deps, 'db'>, input: z.output<typeof searchArtistsInput>, known?: Typed): Promise<ArtistHitPage> {
  const typed = known ?? await readTyped(db, input.text);
  const found = await foundPage<FoundArtist>(db, 'a', { ...input, typed }, async (query, request, weights) =>
    await db.$queryRaw<FoundArtist[]>(artistsFoundSql({ match: { words: query?.all ?? null, tags: [], isCommon: query?.isCommon ?? true }, ...request }, weights)));
  const items = found.rows.map((row): ArtistHitPage['items'][number] => ({
    person: personOf({ username: row.username, name: row.name, imageKey: row.image_key }), styles: row.styles, generationsSold: row.sold,
    matchedBy: [...(row.by_name ? ['artist_name' as const] : []), ...(row.by_other ? ['username' as const] : [])],
  }));
  return { items, nextCursor: found.nextCursor, hasMore: found.hasMore, forgiven: found.forgiven };
}
