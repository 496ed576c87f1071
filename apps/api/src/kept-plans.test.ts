/** What is asked most is planned once a connection, not each time (docs/adr/0016): that is most of what an order, a style's page or the feed costs Postgres. */
import { randomUUID } from 'node:crypto';
import { createPrisma } from '@style-license/db';
import { afterAll, expect, test } from 'vitest';
import { useTestApi } from './testing/api.ts';
import { makeArtist, makeImage, makeStyle } from './testing/gallery.ts';
import { makePerson } from './domains/ledger/testing/ledger-world.ts';
import { balance } from './domains/ledger/index.ts';
import { getStyle } from './domains/styles/styles.queries.ts';
import { generationJobs } from './domains/generations/generations.queries.ts';
import { requestGeneration } from './domains/generations/request-generation.ts';
import { feed } from './domains/generations/tiles.queries.ts';

/** Postgres makes this many plans for the parameters given before it thinks of keeping one for all. */
const CUSTOM_PLANS = 5;
const ORDERS = 12;

const api = useTestApi();
const close: (() => Promise<void>)[] = [];
afterAll(async () => { for (const one of close) await one(); });

test('every statement of an order and its answer, of the feed, a style and a balance keeps its plan', async () => {
  // One connection, so that it alone sees them all.
  const db = createPrisma(api.database.url, { maxConnections: 1 });
  close.push(async () => await db.$disconnect());
  const artistId = await makePerson(api.db);
  await makeArtist(api.db, artistId);
  const style = await makeStyle(api.db, artistId, { priceTokens: 1 });
  for (let n = 0; n < 30; n++) await makeImage(api.db, style, artistId);
  await api.db.$executeRaw`ANALYZE`;
  const ownerId = await makePerson(api.db, { bought: 100 });
  for (let n = 0; n < ORDERS; n++) {
    const jobId = randomUUID();
    const deps = { ...api.deps, db };
    await requestGeneration(deps, ownerId, { jobId, styleId: style.styleId, tags: ['moon'], description: '', ratio: '1:1', count: 1, closeness: 0.7 });
    expect(await generationJobs(deps, ownerId, [jobId])).toHaveLength(1);
    expect((await feed(deps, ownerId, { scope: 'everyone', cursor: null, limit: 24 })).items).toHaveLength(24);
    expect((await getStyle(deps, ownerId, style.styleId)).samples.length).toBeGreaterThan(0);
    expect((await balance(db, ownerId, { now: new Date(), timeZone: 'Asia/Seoul' })).held).toBe(n + 1);
  }
  const statements = await db.$queryRaw<{ statement: string; custom: number; generic: number }[]>`
    SELECT statement, custom_plans::int AS custom, generic_plans::int AS generic FROM pg_prepared_statements WHERE custom_plans + generic_plans >= ${ORDERS}`;
  expect(statements.length).toBeGreaterThan(8);
  expect(statements.filter(({ custom }) => custom > CUSTOM_PLANS).map(({ statement }) => statement)).toEqual([]);
});
