/** What a page of a list reads does not grow with the gallery: counted in pages and rows, which no busy machine changes. */
import { createTestDatabase, type TestDatabase } from '@style-license/testkit';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openCallers, type Callers } from './callers.ts';
import { LISTS } from './measure-lists.ts';
import { seedGallery, type Gallery } from './seed.ts';

const SIZES = [{ styles: 2_000, generations: 20_000 }, { styles: 6_000, generations: 60_000 }];
/** An index three times as long has a level more at the most: three pages where two were. */
const GROWTH_MAX = 1.6;
const PAGE = 2;
/** To fill them takes half a minute of processor time. */
const FILLING_LIMIT_MS = 180_000;

const places: { database: TestDatabase; callers: Callers; gallery: Gallery }[] = [];
beforeAll(async () => {
  for (const size of SIZES) {
    const database = await createTestDatabase();
    // As the superuser: triggers and foreign keys are at rest while it is filled.
    const url = new URL(inject('testPostgres').adminUrl);
    url.pathname = `/${database.name}`;
    const gallery = await seedGallery(url.href, size, () => undefined);
    // Small tables are read whole for good reason; here it is asked what would be done with large ones.
    await database.prisma.$executeRawUnsafe(`ALTER DATABASE ${database.name} SET enable_seqscan = off`);
    places.push({ database, gallery, callers: await openCallers(database.url, '/nowhere', gallery) });
  }
}, FILLING_LIMIT_MS);
afterAll(async () => {
  for (const { callers, database } of places) {
    await callers.close();
    await database.drop();
  }
});

/** Pages of the database: the root's line comes first and counts what is below it. */
function pagesOf(plan: readonly string[]): number {
  const line = plan.find((one) => one.trimStart().startsWith('Buffers:')) ?? '';
  return [...line.matchAll(/(?:hit|read)=(\d+)/g)].reduce((sum, [, pages]) => sum + Number(pages), 0);
}

/** Rows that came from tables and indexes, with those that were then thrown away. */
function rowsOf(plan: readonly string[]): number {
  return plan.reduce((sum, line, at) => {
    const scan = /Scan .*\(actual rows=([\d.]+) loops=(\d+)\)/.exec(line);
    if (!scan) return sum;
    const own = plan.slice(at + 1).findIndex((next) => next.includes('(actual rows='));
    const removed = /Rows Removed by [\w ]+: (\d+)/.exec(plan.slice(at + 1, own === -1 ? undefined : at + 1 + own).join('\n'))?.[1] ?? '0';
    return sum + (Number(scan[1]) + Number(removed)) * Number(scan[2]);
  }, 0);
}

test.each(LISTS)('$name', async ({ page }) => {
  const read: { pages: number; rows: number }[] = [];
  for (const { callers, gallery } of places) {
    let cursor: string | null = null;
    for (let n = 1; n < PAGE; n++) ({ nextCursor: cursor } = await page(callers.api, gallery, cursor));
    const total = { pages: 0, rows: 0 };
    for (const sql of await callers.sqlOf((api) => page(api, gallery, cursor))) {
      if (sql.text.includes('rate_limits')) continue;
      const plan = await callers.explain(sql);
      total.pages += pagesOf(plan);
      total.rows += rowsOf(plan);
    }
    read.push(total);
  }
  const [small, large] = read as [(typeof read)[0], (typeof read)[0]];
  expect(small.rows).toBeGreaterThan(0);
  expect({ pages: large.pages / small.pages < GROWTH_MAX, rows: large.rows / small.rows < GROWTH_MAX }, JSON.stringify(read)).toEqual({ pages: true, rows: true });
});
