import { randomUUID } from 'node:crypto';
import { useTestDatabase } from '@style-license/testkit';
import { expect, test } from 'vitest';
import { keptPlan } from '../../testing/plan-of.ts';
import { feedTiles, followingTiles, ownerPublicTiles, ownTilesQuery, styleTiles } from './tiles.sql.ts';

const database = useTestDatabase();
const page = { after: { at: new Date(), id: randomUUID() }, limit: 25, viewerId: randomUUID() };
const id = randomUUID();

test.each([
  ['feed', feedTiles(page), 'generations_feed'],
  ['of a style', styleTiles(id, page), 'generations_style_public'],
  ['of a person', ownerPublicTiles(id, page), 'generations_owner_public'],
  ['own', ownTilesQuery({ ownerId: id, filter: 'all', styleId: null }, page), 'generations_owner_id_created_at_id_idx'],
  ['own, private', ownTilesQuery({ ownerId: id, filter: 'private', styleId: null }, page), 'generations_owner_id_created_at_id_idx'],
  ['own, in a style', ownTilesQuery({ ownerId: id, filter: 'all', styleId: id }, page), 'generations_owner_style'],
])('a page of the list «%s» comes in order out of its index, however long the list', async (_name, query, index) => {
  const text = await database.prisma.$transaction(async (tx) => {
    // The tables are empty: what counts is that the index can serve the order and the cursor, not what is cheapest now.
    await tx.$executeRaw`SET LOCAL enable_seqscan = off`;
    await tx.$executeRaw`SET LOCAL enable_bitmapscan = off`;
    await tx.$executeRaw`SET LOCAL enable_sort = off`;
    return await keptPlan(tx, query);
  });
  expect(text).toMatch(new RegExp(`Index (Only )?Scan using ${index} on generations g`));
  expect(text).toContain('Index Cond: (');
  expect(text).toContain('ROW(');
});

test('the page of those whom one follows takes each style’s and each artist’s newest out of the indexes of their published images', async () => {
  const text = await database.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL enable_seqscan = off`;
    await tx.$executeRaw`SET LOCAL enable_bitmapscan = off`;
    return await keptPlan(tx, followingTiles(id, page));
  });
  for (const index of ['generations_style_public', 'generations_owner_public']) expect(text).toMatch(new RegExp(`Index (Only )?Scan using ${index} on generations g`));
  expect(text).not.toMatch(/Seq Scan/);
});
