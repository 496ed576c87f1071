import type { Caller } from './callers.ts';
import type { Gallery } from './seed.ts';

interface Listed { nextCursor: string | null }
export interface List { name: string; page: (api: Caller, gallery: Gallery, cursor: string | null) => Promise<Listed> }

/** Every list that grows with the gallery, as the page asks for it. */
export const LISTS: readonly List[] = [
  { name: 'Feed, everyone', page: (api, _g, cursor) => api.generations.feed({ cursor }) },
  { name: 'Feed, following (200 artists)', page: (api, _g, cursor) => api.generations.feed({ scope: 'following', cursor }) },
  { name: 'Profile: what one published', page: (api, g, cursor) => api.generations.ofUser({ username: g.viewerName, cursor }) },
  { name: 'Profile: its head and counts', page: async (api, g) => ({ ...(await api.accounts.profile({ username: g.viewerName })), nextCursor: null }) },
  { name: 'My images', page: (api, _g, cursor) => api.generations.mine({ cursor }) },
  { name: 'A style’s images', page: (api, g, cursor) => api.generations.ofStyle({ styleId: g.styleId, cursor }) },
  { name: 'A style’s page', page: async (api, g) => ({ ...(await api.styles.get({ styleId: g.styleId })), nextCursor: null }) },
  { name: 'Token history', page: (api, _g, cursor) => api.tokens.history({ cursor }) },
  { name: 'Notifications', page: (api, _g, cursor) => api.notifications.list({ cursor }) },
  { name: 'Styles, popular', page: (api, _g, cursor) => api.search.styles({ cursor }) },
];

const WARM_UPS = 10;
const WALKS = 6;
const PAGES_A_WALK = 20;

export interface Place { api: Caller; gallery: Gallery }

/**
 * Milliseconds of each page, from the first one twenty pages down, again and again. The galleries take turns page by page, so that
 * what else the machine does meanwhile falls on all of them.
 */
export async function measureList({ page }: List, places: readonly Place[]): Promise<number[][]> {
  for (let n = 0; n < WARM_UPS; n++) for (const { api, gallery } of places) await page(api, gallery, null);
  const times = places.map((): number[] => []);
  for (let walk = 0; walk < WALKS; walk++) {
    const cursors = places.map((): string | null => null);
    for (let n = 0; n < PAGES_A_WALK; n++) {
      for (const [i, { api, gallery }] of places.entries()) {
        const startedAt = performance.now();
        const { nextCursor } = await page(api, gallery, cursors[i]!);
        times[i]!.push(performance.now() - startedAt);
        cursors[i] = nextCursor;
      }
    }
  }
  return times;
}

/** What people type: whole, misspelt, in Korean, without its spaces, with the wrong keyboard. Every beginning of it is asked, as the page does. */
export const TYPED = [
  'moon', 'mountain', 'mountan', 'quiet river', 'paper garden', 'papre', 'harbour', 'hrabour', 'copper lantern', 'winter', 'wniter', 'feather', 'velvet shadow', 'bacoda', 'gragra', 'minwo',
  '종이 정원', '종니', '달빛', '달빗', '고양이', '고얌이', '강물', '걍물', '섬마을', '달빛강물', '그림자', '김민서', '긴민서', '박서연', 'whddl', 'ㅡㅐㅐㅜ', 'sorafi', 'moon zzzz', 'zebra',
] as const;

/** Milliseconds of each answer of the search while these are typed, letter by letter, in each gallery in turn; and of the tag suggestions beside it. */
export async function measureSearch(places: readonly Place[]): Promise<{ search: number[]; suggest: number[]; slowest: string[] }[]> {
  const beginnings = [...new Set(TYPED.flatMap((text) => Array.from(text, (_letter, i) => Array.from(text).slice(0, i + 1).join(''))))];
  for (const text of TYPED) for (const { api } of places) await Promise.all([api.search.all({ text }), api.search.suggest({ text })]);
  const taken = places.map(() => ({ search: [] as number[], suggest: [] as number[], each: [] as { text: string; ms: number }[] }));
  for (const sort of ['popular', 'recent'] as const) {
    for (const text of beginnings) {
      for (const [i, { api }] of places.entries()) {
        const { search, suggest, each } = taken[i]!;
        const searchMs = await timed(async () => await api.search.all({ text, sort }));
        search.push(searchMs);
        each.push({ text, ms: searchMs });
        suggest.push(await timed(async () => await api.search.suggest({ text })));
      }
    }
  }
  return taken.map(({ search, suggest, each }) => ({ search, suggest, slowest: each.toSorted((a, b) => b.ms - a.ms).slice(0, 8).map(({ text, ms }) => `«${text}» ${ms.toFixed(0)} ms`) }));
}

async function timed(call: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await call();
  return performance.now() - startedAt;
}
