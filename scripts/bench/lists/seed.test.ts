/** The gallery that figures are taken in is one that could have come about: its ledger balances. */
import { useTestDatabase } from '@style-license/testkit';
import { expect, inject, test } from 'vitest';
import { balance, checkLedger, grant, history } from '../../../apps/api/src/domains/ledger/index.ts';
import { LEDGER_PROBES } from '../../../apps/api/src/ledger-probes.ts';
import { seedGallery } from './seed.ts';

const database = useTestDatabase();

test('the ledger of a seeded gallery balances, and goes on from there', async () => {
  // As the superuser: triggers and foreign keys are at rest while it is filled.
  const url = new URL(inject('testPostgres').adminUrl);
  url.pathname = `/${database.name}`;
  const { viewerId } = await seedGallery(url.href, { styles: 20, generations: 401 }, () => undefined);
  const db = database.prisma;
  expect(await checkLedger(db, { probes: LEDGER_PROBES })).toEqual({ ok: true, faults: [] });
  expect(await db.transfer.count()).toBe(101 * 4 * 2 + 20);
  const likes = await db.like.groupBy({ by: ['generationId'], _count: true });
  const counted = await db.generation.findMany({ where: { likeCount: { gt: 0 } }, select: { id: true, likeCount: true } });
  expect(new Map(counted.map(({ id, likeCount }) => [id, likeCount]))).toEqual(new Map(likes.map(({ generationId, _count }) => [generationId, _count])));
  expect(counted.length).toBeGreaterThan(100);
  const figures = await balance(db, viewerId, { now: new Date(), timeZone: 'Asia/Seoul' });
  expect(figures).toMatchObject({ bought: 100, bonus: 0, held: 0, available: 100 });
  expect(figures.earnedBought).toBeGreaterThan(0);
  const lines = await history(db, async () => new Map(), { userId: viewerId, filter: 'all', limit: 100 });
  expect(lines.items.at(-1)).toMatchObject({ kind: 'purchase', tokens: 100 + 4 * lines.items.filter(({ kind }) => kind === 'job').length });
  await db.$transaction((tx) => grant(tx, { userId: viewerId, tokens: 5, fund: 'bought', kind: 'grant', memo: '', scope: 'after', key: '1', requestHash: '' }));
  expect(await checkLedger(db, { mode: 'quick', probes: LEDGER_PROBES })).toEqual({ ok: true, faults: [] });
});
