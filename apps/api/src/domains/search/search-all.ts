import type { searchAllDto, searchAllInput } from '@style-license/shared';
import type * as z from 'zod';
import type { Deps } from '../../platform/deps.ts';
import { readTyped } from './find-match.ts';
import { searchArtists } from './search-artists.ts';
import { searchStyles } from './search-styles.ts';

/** Styles and artists at once. A typing error is forgiven only when neither has what was typed: who found a style did not mistype an artist. */
export async function searchAll(deps: Pick<Deps, 'db' | 'store'>, input: z.output<typeof searchAllInput>): Promise<z.infer<typeof searchAllDto>> {
  const typed = await readTyped(deps.db, input.text);
  const ask = async (forgive: boolean) => {
    const [styles, artists] = await Promise.all([
      searchStyles(deps, { ...input, cursor: null }, { typed, forgive }),
      searchArtists(deps, { text: input.text, sort: input.sort, limit: input.artists, cursor: null, forgive }, typed),
    ]);
    return { styles, artists };
  };
  const spelt = await ask(false);
  return typed === 'nothing' || spelt.styles.items.length > 0 || spelt.artists.items.length > 0 ? spelt : await ask(true);
}
