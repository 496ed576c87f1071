import { randomUUID } from 'node:crypto';
import type { CodedError } from '@style-license/shared';
import { useTestDatabase } from '@style-license/testkit';
import { expect, test } from 'vitest';
import { transaction } from '../../platform/database.ts';
import { balance, checkLedger, history, hold, owed, purchase, refund, takeBack } from './index.ts';
import { makePerson, writeJob } from './testing/ledger-world.ts';

const database = useTestDatabase();
const at = () => ({ now: new Date(), timeZone: 'Asia/Seoul' });
const buy = (userId: string, tokens: number, key: string = randomUUID(), requestHash = 'h') =>
  transaction(database.prisma, (tx) => purchase(tx, { userId, tokens, memo: 'Test', scope: 'test_purchase', key, requestHash }));
const take = (userId: string, tokens: number, details: Partial<{ fund: 'bonus' | 'bought'; owe: boolean; key: string; requestHash: string }> = {}) =>
  transaction(database.prisma, (tx) => takeBack(tx, { userId, tokens, fund: 'bought', owe: true, memo: 'Test', scope: 'test_take_back', key: randomUUID(), requestHash: 'h', ...details }));
const spend = (userId: string, tokens: number) => transaction(database.prisma, async (tx) => {
  const job = await writeJob(tx, userId, [tokens], null);
  await hold(tx, { jobId: job.jobId, userId, lines: job.lines });
  return job;
});

test('a purchase credits once, however many tell of it at once; another request under its key is refused', async () => {
  const user = await makePerson(database.prisma);
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 8 }, () => buy(user, 500, key)));
  expect(answers.filter(({ stored }) => !stored)).toHaveLength(1);
  expect(new Set(answers.map(({ postingId, availableAfter, repaid }) => `${postingId} ${availableAfter} ${repaid}`)).size).toBe(1);
  await expect(buy(user, 500, key, 'another')).rejects.toMatchObject({ code: 'REQUEST_REUSED' } satisfies Partial<CodedError>);
  await expect(buy(user, 0)).rejects.toThrow(RangeError);
  expect(await balance(database.prisma, user, at())).toMatchObject({ bought: 500, available: 500 });
});

test('what is taken back is unspent and not held; the rest is owed, and the next purchases pay it first', async () => {
  const user = await makePerson(database.prisma, { bonus: 40 });
  await buy(user, 100);
  const job = await spend(user, 100); // 40 bonus, 60 bought
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 5 }, () => take(user, 100, { key })));
  expect(answers.filter(({ stored }) => !stored)).toHaveLength(1);
  for (const answer of answers) expect(answer).toMatchObject({ taken: 40, owed: 60, availableAfter: 0 });
  expect(await owed(database.prisma, user)).toBe(60);
  expect(await balance(database.prisma, user, at())).toMatchObject({ available: 0, held: 100 });
  await transaction(database.prisma, (tx) => refund(tx, { jobId: job.jobId, reason: 'cancelled' }));
  expect(await balance(database.prisma, user, at())).toMatchObject({ bonus: 40, bought: 60, held: 0 });
  expect(await buy(user, 50)).toMatchObject({ repaid: 50, availableAfter: 100 });
  expect(await buy(user, 100)).toMatchObject({ repaid: 10, availableAfter: 190 });
  expect(await owed(database.prisma, user)).toBe(0);
  const { items } = await history(database.prisma, async () => new Map(), { userId: user, filter: 'purchase', limit: 10 });
  expect(items.slice(0, 3).map(({ kind, tokens, balanceAfter, repaid, owed: becameOwed }) => [kind, tokens, balanceAfter, repaid, becameOwed])).toEqual([['purchase', 90, 190, 10, 0], ['purchase', 0, 100, 50, 0], ['take_back', -40, 0, 0, 60]]);
  expect(await checkLedger(database.prisma)).toEqual({ ok: true, faults: [] });
});

test('a gift is taken as far as it is there and never owed', async () => {
  const user = await makePerson(database.prisma, { bonus: 10 });
  expect(await take(user, 25, { fund: 'bonus', owe: false })).toMatchObject({ taken: 10, owed: 0, availableAfter: 0 });
  await expect(take(user, 25, { fund: 'bonus', owe: true })).rejects.toThrow(/never owed/);
  expect(await owed(database.prisma, user)).toBe(0);
  expect(await checkLedger(database.prisma)).toEqual({ ok: true, faults: [] });
});
