import { useTestDatabase } from '@style-license/testkit';
import { expect, test } from 'vitest';
import { transaction } from '../../platform/database.ts';
import { balance, checkLedger, hold, rollUpAccounts, settle } from './index.ts';
import { makePerson, writeJob } from './testing/ledger-world.ts';

const database = useTestDatabase();
const SEOUL = 'Asia/Seoul';

test('earnings are roll-ups of closed days and what came since, whenever and in whichever time zone days are closed', async () => {
  const db = database.prisma;
  const [user, artist] = [await makePerson(db, { bought: 100 }), await makePerson(db)];
  const job = await transaction(db, async (tx) => {
    const written = await writeJob(tx, user, [10, 20], artist);
    await hold(tx, { jobId: written.jobId, userId: user, lines: written.lines });
    return written;
  });
  await transaction(db, (tx) => settle(tx, { itemId: job.lines[0]!.itemId, reason: 'ok' }));
  const earned = async () => (await balance(db, artist, { now: new Date(), timeZone: SEOUL })).earnedBought;
  // Today is not over: nothing to close.
  expect(await rollUpAccounts(db, { now: new Date(), timeZone: SEOUL })).toBe(0);
  const tomorrow = new Date(Date.now() + 26 * 3_600_000);
  // Two people at once: the second finds nothing left to do.
  const rows = await Promise.all([rollUpAccounts(db, { now: tomorrow, timeZone: SEOUL }), rollUpAccounts(db, { now: tomorrow, timeZone: SEOUL })]);
  expect(rows.toSorted((a, b) => a - b)).toEqual([0, 2]);
  expect(await earned()).toBe(10);
  expect(await checkLedger(db)).toEqual({ ok: true, faults: [] });
  expect(await rollUpAccounts(db, { now: new Date(Date.now() + 50 * 3_600_000), timeZone: 'America/Los_Angeles' })).toBe(0);
  expect(await earned()).toBe(10);
});
