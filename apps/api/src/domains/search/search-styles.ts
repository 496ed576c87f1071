import type { searchStylesInput, StyleHitPage } from '@style-license/shared';
import type * as z from 'zod';
import type { Deps } from '../../platform/deps.ts';
import { checkTags, styleCards } from '../styles/index.ts';
import { foundPage } from './found-page.ts';
import { COMMON, readTyped, type Typed } from './find-match.ts';
import { stylesFoundSql, stylesOfTagsSql, type FoundStyle, type Match } from './search.sql.ts';

/** Public styles by words and tags, in order. Without either: all of them. @throws TAG_INVALID, BAD_REQUEST */
export async function searchStyles(deps: Pick<Deps, 'db' | 'store'>, input: z.output<typeof searchStylesInput>, how?: { typed: Typed; forgive: boolean }): Promise<StyleHitPage> {
  const { db } = deps;
  const { typed, forgive } = how ?? { typed: await readTyped(db, input.text), forgive: true };
  const tags = checkTags(input.tags);
  const fewest = tags.length === 0 ? null : Math.min(...(await stylesOfTagsSql(db, tags)));
  const found = await foundPage<FoundStyle>(db, 's', { ...input, typed, forgive }, async (query, request, weights) => {
    const match: Match = { words: query?.all ?? null, tags, isCommon: isCommon(query?.isCommon ?? true, fewest, tags.length + (query === null ? 0 : 1)) };
    return fewest === 0 ? [] : await db.$queryRaw<FoundStyle[]>(stylesFoundSql({ match, ...request }, weights));
  });
  const cards = new Map((await styleCards(db, deps, found.rows.map(({ id }) => id))).map((card) => [card.id, card]));
  const items = found.rows.flatMap(({ id, by_name: byTitle, by_other: byTag }): StyleHitPage['items'] => {
    const card = cards.get(id);
    return card ? [{ ...card, matchedBy: [...(byTitle ? ['title' as const] : []), ...(byTag ? ['tag' as const] : [])] }] : [];
  });
  return { items, nextCursor: found.nextCursor, hasMore: found.hasMore, forgiven: found.forgiven };
}

/** One condition that is common walks; a rare one, or several together, are looked up. */
function isCommon(wordsAreCommon: boolean, fewestStyles: number | null, conditions: number): boolean {
  if (fewestStyles === null) return wordsAreCommon;
  return wordsAreCommon && fewestStyles > COMMON * (conditions > 1 ? 10 : 1);
}
