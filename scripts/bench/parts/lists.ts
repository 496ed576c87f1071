/** Whether a list takes longer when there is more of everything, and how quickly search answers while one types. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../start/settings.ts';
import { openCallers, type Callers } from '../lists/callers.ts';
import { openGalleries, removeGalleries } from '../lists/galleries.ts';
import { LISTS, measureList, measureSearch, type Place } from '../lists/measure-lists.ts';
import type { Gallery } from '../lists/seed.ts';
import type { BenchPart, Row } from '../part.ts';
import { median, quantile } from '../statistics.ts';

const GROWTH_MAX = 1.5;
const SEARCH_P95_MS = 50;
const PLANS = join(ROOT, 'docs', 'query-plans.md');

type Searched = Awaited<ReturnType<typeof measureSearch>>[number];

export const lists: BenchPart = {
  title: 'Lists and search, small and large',
  about: 'A gallery of 10,000 images and 1,000 styles, and one of 1,000,000 images and 100,000 styles with as many artists, made by SQL (scripts/bench/lists/seed.ts) in a Postgres of their own. Each list is walked twenty pages down, six times, in both of them page by page in turn, through its procedure '
    + '(guard, limit, queries, DTOs; no network) by a person who owns a hundredth of everything. Search is asked for every beginning of 35 texts, right, misspelt, Korean. The plans of the large gallery are in docs/query-plans.md.',
  async run({ galleries: kept }) {
    const folder = kept ?? await mkdtemp(join(tmpdir(), 'style-license-lists-'));
    const galleries = await openGalleries(folder, (line) => console.log(line));
    const places: (Place & { callers: Callers })[] = [];
    try {
      for (const { url, gallery } of galleries.open) {
        const callers = await openCallers(url, folder, gallery);
        places.push({ api: callers.api, gallery, callers });
      }
      const [, large] = places as [Place, Place & { callers: Callers }];
      const times: number[][][] = [];
      for (const list of LISTS) {
        console.log(`${list.name} …`);
        times.push(await measureList(list, places));
      }
      console.log('Search …');
      const searches = await measureSearch(places);
      console.log(`The slowest: ${searches[1]!.slowest.join(', ')}`);
      await writePlans(large.callers, large.gallery);
      return rowsOf(times, searches[0]!, searches[1]!);
    } finally {
      for (const { callers } of places) await callers.close();
      await galleries.close();
      if (kept === null) await removeGalleries(folder);
    }
  },
};

const ms = (value: number): string => `${value.toFixed(1)} ms`;

function rowsOf(times: readonly number[][][], small: Searched, large: Searched): Row[] {
  const compared = LISTS.map(({ name }, i): Row => {
    const [before, after] = [median(times[i]![0]!), median(times[i]![1]!)];
    const growth = after / before;
    return { figure: name, value: `${ms(after)} (p95 ${ms(quantile(times[i]![1]!, 0.95))}) at 1,000,000`, baseline: `${ms(before)} at 10,000: × ${growth.toFixed(2)}`, target: `× ${GROWTH_MAX} at most`, met: growth <= GROWTH_MAX };
  });
  const p95 = quantile(large.search, 0.95);
  return [
    ...compared,
    { figure: 'Search while typing: styles and artists', value: `p95 ${ms(p95)}, median ${ms(median(large.search))} of ${large.search.length} at 100,000 styles`, baseline: `p95 ${ms(quantile(small.search, 0.95))} at 1,000`, target: `p95 < ${SEARCH_P95_MS} ms`, met: p95 < SEARCH_P95_MS },
    { figure: 'Tags suggested while typing', value: `p95 ${ms(quantile(large.suggest, 0.95))}`, baseline: `p95 ${ms(quantile(small.suggest, 0.95))} at 1,000`, target: `p95 < ${SEARCH_P95_MS} ms`, met: quantile(large.suggest, 0.95) < SEARCH_P95_MS },
  ];
}

/** The fifth page of each list, and searches of each kind, as Postgres carried them out. */
async function writePlans(callers: Callers, gallery: Gallery): Promise<void> {
  const parts: string[] = [];
  for (const { name, page } of LISTS) {
    let cursor: string | null = null;
    for (let n = 0; n < 4; n++) ({ nextCursor: cursor } = await page(callers.api, gallery, cursor));
    parts.push(await planOf(callers, name, (api) => page(api, gallery, cursor)));
  }
  for (const [name, text] of [['a rare word', 'bacoda'], ['a common word', 'moon'], ['two words', '종이 정원'], ['a misspelt word', '고얌이']] as const) {
    parts.push(await planOf(callers, `Search: ${name}, «${text}»`, (api) => api.search.styles({ text })));
  }
  await writeFile(PLANS, [
    '# Query plans', '',
    'Written by `npm run bench -- lists`: how Postgres carried out the hand-written queries of each list at 1,000,000 images and 100,000 styles, on the fifth page, by the plan that a connection keeps. `Buffers` are pages of 8 kB that were looked at: what matters is that they stay a few hundred, however long the list.', '',
    ...parts,
  ].join('\n'));
}

async function planOf(callers: Callers, title: string, call: Parameters<Callers['sqlOf']>[0]): Promise<string> {
  // Before a query come the count of the rate limit and other small ones: those that read lists have a limit.
  const written = (await callers.sqlOf(call)).filter(({ sql }) => /LIMIT|words_alike|profile_counts/.test(sql) && !/rate_limits/.test(sql));
  const plans: string[] = [];
  for (const sql of written) plans.push(`\`\`\`\n${(await callers.explain(sql)).join('\n')}\n\`\`\`\n`);
  return `## ${title}\n\n${plans.join('\n')}`;
}
