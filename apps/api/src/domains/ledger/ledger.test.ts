import { randomUUID } from 'node:crypto';
import { CodedError } from '@style-license/shared';
import { useTestDatabase } from '@style-license/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { transaction, type Tx } from '../../platform/database.ts';
import { balance, checkLedger, type DescribeJobs, grant, history, hold, owed, ownReceipt, purchase, receipts, refund, refundSpending, settle, spend, takeBack } from './index.ts';
import { makePerson, writeJob, type LedgerJob } from './testing/ledger-world.ts';

const database = useTestDatabase();
const SEOUL = 'Asia/Seoul';
/** `PROPERTY_RUNS=2000` makes the random runs long. */
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 12);
const at = () => ({ now: new Date(), timeZone: SEOUL });
const codeOf = async (promise: Promise<unknown>): Promise<string> => await promise.then(() => 'ok', (error: unknown) => (error instanceof CodedError ? error.code : `unexpected: ${String(error)}`));

async function holdFor(ownerId: string, prices: number[], payee: string | null = null): Promise<LedgerJob> {
  return await transaction(database.prisma, async (tx) => {
    const job = await writeJob(tx, ownerId, prices, payee);
    await hold(tx, { jobId: job.jobId, userId: ownerId, lines: job.lines });
    return job;
  });
}

describe('holds', () => {
  test('spend bonus tokens first and split the line that straddles', async () => {
    const user = await makePerson(database.prisma, { bonus: 15, bought: 20 });
    const job = await holdFor(user, [10, 10, 10]);
    expect(await balance(database.prisma, user, at())).toMatchObject({ bonus: 0, bought: 5, held: 30, available: 5 });
    const receipt = (await receipts(database.prisma, [job.jobId])).get(job.jobId);
    expect(receipt?.lines.map(({ bonus, bought }) => [bonus, bought])).toEqual([[10, 0], [5, 5], [0, 10]]);
  });

  test('refuse what is not there, with the figures, and write nothing', async () => {
    const user = await makePerson(database.prisma, { bonus: 9 });
    const error = await holdFor(user, [10]).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CodedError);
    expect(error).toMatchObject({ code: 'INSUFFICIENT_TOKENS', details: { required: 10, available: 9 } });
    expect(await balance(database.prisma, user, at())).toMatchObject({ available: 9, held: 0 });
    expect(await database.prisma.job.count({ where: { ownerId: user } })).toBe(0);
  });

  test('two tabs spend the last tokens at once: one of them does', async () => {
    const user = await makePerson(database.prisma, { bonus: 6, bought: 6 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => codeOf(holdFor(user, [6, 6]))));
    expect(answers.filter((answer) => answer === 'ok')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'INSUFFICIENT_TOKENS')).toHaveLength(7);
    expect(await balance(database.prisma, user, at())).toMatchObject({ available: 0, held: 12 });
  });
});

describe('lines', () => {
  test('are settled to who earns them, refunded with their split, once each, whoever races', async () => {
    const [user, artist] = [await makePerson(database.prisma, { bonus: 5, bought: 25 }), await makePerson(database.prisma)];
    const { jobId, lines } = await holdFor(user, [10, 10, 10], artist);
    const settled = await Promise.all(Array.from({ length: 5 }, () => transaction(database.prisma, (tx) => settle(tx, { itemId: lines[0]!.itemId, reason: 'ok' }))));
    expect(settled.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 0, 10]);
    const both = await Promise.all([
      transaction(database.prisma, (tx) => settle(tx, { itemId: lines[1]!.itemId, reason: 'ok' })),
      transaction(database.prisma, (tx) => refund(tx, { jobId, reason: 'cancelled' })),
    ]);
    // Whichever came first, ten went one way or the other and never both.
    expect([[10, 10], [0, 20]]).toContainEqual(both);
    expect(await transaction(database.prisma, (tx) => refund(tx, { jobId, reason: 'cancelled' }))).toBe(0);
    const earned = await balance(database.prisma, artist, at());
    expect(earned).toMatchObject({ available: 0, earnedBonus: 5, earnedBought: 5 + both[0] });
    const own = await balance(database.prisma, user, at());
    expect(own).toMatchObject({ held: 0, available: both[1], bonus: 0, spentThisMonth: 10 + both[0], toArtistsThisMonth: 10 + both[0] });
    expect(await checkLedger(database.prisma)).toMatchObject({ ok: true });
  });

  test('of the platform\'s own work go to its revenue, and free items have none', async () => {
    const user = await makePerson(database.prisma, { bought: 3 });
    const { lines } = await holdFor(user, [3]);
    expect(await transaction(database.prisma, (tx) => settle(tx, { itemId: lines[0]!.itemId, reason: 'ok' }))).toBe(3);
    expect(await transaction(database.prisma, (tx) => settle(tx, { itemId: randomUUID(), reason: 'ok' }))).toBe(0);
    expect(await balance(database.prisma, user, at())).toMatchObject({ spentThisMonth: 3, toArtistsThisMonth: 0 });
  });

  test('are never changed, nor any row of the ledger', async () => {
    const user = await makePerson(database.prisma, { bought: 2 });
    const { jobId } = await holdFor(user, [2]);
    await transaction(database.prisma, (tx) => refund(tx, { jobId, reason: 'cancelled' }));
    await expect(database.prisma.$executeRaw`UPDATE hold_lines SET state = 'settled' WHERE job_id = ${jobId}::uuid`).rejects.toThrow(/resolved once/);
    await expect(database.prisma.$executeRaw`UPDATE transfers SET tokens = 1`).rejects.toThrow(/never changed/);
    await expect(database.prisma.$executeRaw`DELETE FROM postings`).rejects.toThrow(/never changed/);
  });
});

describe('grants', () => {
  test('credit once per scope and key, answer the same again, refuse another request', async () => {
    const user = await makePerson(database.prisma);
    const request = { userId: user, tokens: 100, fund: 'bonus' as const, kind: 'welcome_bonus' as const, memo: 'Welcome Bonus', scope: 'welcome', key: randomUUID(), requestHash: 'a' };
    const answers = await Promise.all(Array.from({ length: 6 }, () => transaction(database.prisma, (tx) => grant(tx, request))));
    expect(answers.filter(({ stored }) => !stored)).toHaveLength(1);
    expect(new Set(answers.map(({ postingId, availableAfter }) => `${postingId} ${availableAfter}`)).size).toBe(1);
    expect(await codeOf(transaction(database.prisma, (tx) => grant(tx, { ...request, requestHash: 'b' })))).toBe('REQUEST_REUSED');
    expect(await balance(database.prisma, user, at())).toMatchObject({ bonus: 100, available: 100 });
    await expect(transaction(database.prisma, (tx) => grant(tx, { ...request, tokens: 1.5, key: randomUUID() }))).rejects.toThrow(RangeError);
  });
});

describe('spending at once', () => {
  const asked = (userId: string, tokens: number, key: string = randomUUID()) => ({ userId, tokens, memo: 'text_10k', scope: 'test spend', key, requestHash: String(tokens) });

  test('pays the platform, bonus first, once per key; too few say so; undoing gives back the split, once', async () => {
    const user = await makePerson(database.prisma, { bonus: 6, bought: 10 });
    const request = asked(user, 9);
    const answers = await Promise.all(Array.from({ length: 5 }, () => transaction(database.prisma, (tx) => spend(tx, request))));
    expect(answers.filter(({ stored }) => !stored)).toHaveLength(1);
    expect(new Set(answers.map(({ postingId, availableAfter }) => `${postingId} ${availableAfter}`)).size).toBe(1);
    expect(await balance(database.prisma, user, at())).toMatchObject({ bonus: 0, bought: 7, available: 7, spentThisMonth: 9, toArtistsThisMonth: 0 });
    expect(await codeOf(transaction(database.prisma, (tx) => spend(tx, { ...request, tokens: 1, requestHash: '1' })))).toBe('REQUEST_REUSED');
    const refused = await transaction(database.prisma, (tx) => spend(tx, asked(user, 8))).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'INSUFFICIENT_TOKENS', details: { required: 8, available: 7 } });
    await expect(transaction(database.prisma, (tx) => spend(tx, asked(user, 0)))).rejects.toThrow(RangeError);
    const undone = await Promise.all(Array.from({ length: 4 }, () => transaction(database.prisma, (tx) => refundSpending(tx, request))));
    expect(undone.map(({ returned }) => returned).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 9]);
    expect(await balance(database.prisma, user, at())).toMatchObject({ bonus: 6, bought: 10, spentThisMonth: 0 });
    const lines = await history(database.prisma, async () => new Map(), { userId: user, filter: 'usage', limit: 10 });
    expect(lines.items.map(({ kind, tokens, balanceAfter }) => [kind, tokens, balanceAfter])).toEqual([['spend_refund', 9, 16], ['spend', -9, 7]]);
    expect(await checkLedger(database.prisma)).toMatchObject({ ok: true });
  });

  test('many at once never overdraw', async () => {
    const user = await makePerson(database.prisma, { bonus: 5, bought: 12 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => codeOf(transaction(database.prisma, (tx) => spend(tx, asked(user, 4))))));
    expect(answers.filter((answer) => answer === 'ok')).toHaveLength(4);
    expect(await balance(database.prisma, user, at())).toMatchObject({ bonus: 0, bought: 1 });
    expect(await checkLedger(database.prisma)).toMatchObject({ ok: true });
  });
});

describe('history and receipts', () => {
  const noJobs: DescribeJobs = async () => new Map();

  test('one line per credit or job, filters, pages without gap or repeat, the balance after each', async () => {
    const [user, artist] = [await makePerson(database.prisma, { bonus: 50, bought: 50 }), await makePerson(database.prisma)];
    const jobs: LedgerJob[] = [];
    for (const price of [1, 2, 3, 4, 5]) jobs.push(await holdFor(user, [price, price], artist));
    await transaction(database.prisma, (tx) => settle(tx, { itemId: jobs[0]!.lines[0]!.itemId, reason: 'ok' }));
    await transaction(database.prisma, (tx) => refund(tx, { jobId: jobs[0]!.jobId, reason: 'crashed' }));
    const read = async (filter: 'all' | 'purchase' | 'usage') => {
      const items = [];
      for (let cursor: string | null = null; ;) {
        const page = await history(database.prisma, noJobs, { userId: user, filter, cursor, limit: 2 });
        items.push(...page.items);
        expect(page.hasMore).toBe(page.nextCursor !== null);
        if (!page.nextCursor) return items;
        cursor = page.nextCursor;
      }
    };
    const all = await read('all');
    expect(all.map(({ kind }) => kind)).toEqual(['job', 'job', 'job', 'job', 'job', 'purchase', 'grant']);
    expect(all.at(-1)).toMatchObject({ tokens: 50, balanceAfter: 50, memo: 'Test', jobId: null });
    expect(all[4]).toMatchObject({ jobId: jobs[0]!.jobId, tokens: -1, held: 0, balanceAfter: 99, reason: 'crashed' });
    expect(all[0]).toMatchObject({ jobId: jobs[4]!.jobId, tokens: 0, held: 10, balanceAfter: 70 });
    expect((await read('purchase')).map(({ kind }) => kind)).toEqual(['purchase', 'grant']);
    expect(await read('usage')).toEqual(all.slice(0, 5));
    expect(new Set(all.map(({ receiptNumber }) => receiptNumber)).size).toBe(7);
  });

  test('a receipt is for its owner only', async () => {
    const [user, other] = [await makePerson(database.prisma, { bought: 5 }), await makePerson(database.prisma)];
    const { jobId } = await holdFor(user, [5]);
    expect(await ownReceipt(database.prisma, user, jobId)).toMatchObject({ held: 5, open: 5, settled: 0, refunded: 0 });
    expect(await codeOf(ownReceipt(database.prisma, other, jobId))).toBe('NOT_FOUND');
    expect(await codeOf(ownReceipt(database.prisma, user, randomUUID()))).toBe('NOT_FOUND');
  });

  test('pages come from the partial indexes', async () => {
    const user = await makePerson(database.prisma, { bought: 1 });
    for (const [kinds, index] of [["kind IN ('welcome_bonus', 'purchase', 'grant', 'take_back', 'hold', 'spend', 'spend_refund')", 'postings_history'], ["kind IN ('welcome_bonus', 'purchase', 'grant', 'take_back')", 'postings_credits'], ["kind IN ('hold', 'spend', 'spend_refund')", 'postings_usage']] as const) {
      const plan = await database.prisma.$transaction(async (tx) => {
        await tx.$executeRawUnsafe('SET LOCAL enable_seqscan = off');
        return await tx.$queryRawUnsafe<{ 'QUERY PLAN': string }[]>(
          `EXPLAIN SELECT * FROM postings WHERE user_id = '${user}' AND ${kinds} AND (created_at, id) < (now(), 5) ORDER BY created_at DESC, id DESC LIMIT 25`);
      });
      const text = plan.map((row) => row['QUERY PLAN']).join('\n');
      expect(text).toContain(index);
      expect(text).not.toContain('Sort');
    }
  });
});

describe('the check', () => {
  test('finds what does not agree', async () => {
    const user = await makePerson(database.prisma, { bought: 7 });
    await database.prisma.$executeRaw`UPDATE wallets SET bought = 8 WHERE user_id = ${user}::uuid`;
    const found = await checkLedger(database.prisma);
    expect(found.ok).toBe(false);
    expect(found.faults).toContainEqual({ fault: 'wallet_bought', subject: user, expected: 7, actual: 8 });
    await database.prisma.$executeRaw`UPDATE wallets SET bought = 7 WHERE user_id = ${user}::uuid`;
    const { jobId } = await holdFor(user, [7]);
    await database.prisma.job.update({ where: { id: jobId }, data: { state: 'failed', endedAt: new Date() } });
    expect((await checkLedger(database.prisma)).faults.map(({ fault }) => fault)).toEqual(['line_open_after_end']);
    await transaction(database.prisma, (tx) => refund(tx, { jobId, reason: 'crashed' }));
    expect(await checkLedger(database.prisma)).toEqual({ ok: true, faults: [] });
    expect(await database.prisma.ledgerCheck.count({ where: { ok: false } })).toBeGreaterThanOrEqual(2);
  });
});

test('no movement reads a whole table, not even on a session whose plans were made while there were no rows', async () => {
  const [user, artist] = [await makePerson(database.prisma, { bonus: 5, bought: 5 }), await makePerson(database.prisma)];
  const scope = { memo: '', scope: 'plans', requestHash: '' };
  const move = async (tx: Tx): Promise<void> => {
    await purchase(tx, { userId: user, tokens: 20, key: randomUUID(), ...scope });
    await grant(tx, { userId: user, tokens: 5, fund: 'bonus', kind: 'grant', key: randomUUID(), ...scope });
    const job = await writeJob(tx, user, [3, 3], artist);
    await hold(tx, { jobId: job.jobId, userId: user, lines: job.lines });
    await settle(tx, { itemId: job.lines[0]!.itemId, reason: 'ok' });
    await refund(tx, { jobId: job.jobId, reason: 'cancelled' });
    const key = randomUUID();
    await spend(tx, { userId: user, tokens: 2, key, ...scope });
    await refundSpending(tx, { userId: user, memo: '', scope: scope.scope, key });
    await takeBack(tx, { userId: user, tokens: 2, fund: 'bought', owe: true, key: randomUUID(), ...scope });
  };
  // What this session has counted so far, with what earlier transactions of it have not yet handed in.
  const scansOf = async (tx: Tx) => await tx.$queryRaw<{ relname: string; seq_scan: bigint }[]>`
    SELECT relname, seq_scan FROM pg_stat_xact_user_tables WHERE relname IN ('postings', 'transfers', 'holds', 'hold_lines', 'accounts', 'wallets') ORDER BY relname`;
  const [before, after] = await database.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`ANALYZE postings, transfers, holds, hold_lines, accounts, wallets`;
    const counted = await scansOf(tx);
    // A plan is kept from the sixth time on.
    for (let time = 0; time < 8; time++) await move(tx);
    return [counted, await scansOf(tx)];
  }, { timeout: 30_000 });
  const grown = after.filter(({ relname, seq_scan }) => seq_scan !== (before.find((row) => row.relname === relname)?.seq_scan ?? 0n));
  expect(grown).toEqual([]);
});

test('property: whatever is spent, settled and refunded at once, nothing is overdrawn, lost or doubled', async () => {
  const operation = fc.oneof(
    fc.record({ do: fc.constant('hold' as const), user: fc.nat(1), prices: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }) }),
    fc.record({ do: fc.constant('settle' as const), pick: fc.nat(1_000) }),
    fc.record({ do: fc.constant('refund' as const), pick: fc.nat(1_000), some: fc.boolean() }),
    fc.record({ do: fc.constant('purchase' as const), user: fc.nat(1), tokens: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ do: fc.constant('take' as const), user: fc.nat(1), tokens: fc.integer({ min: 1, max: 40 }), fund: fc.constantFrom('bonus' as const, 'bought' as const) }),
    fc.record({ do: fc.constant('spend' as const), user: fc.nat(1), tokens: fc.integer({ min: 1, max: 15 }) }),
    fc.record({ do: fc.constant('grant' as const), user: fc.nat(1), tokens: fc.integer({ min: 1, max: 20 }), fund: fc.constantFrom('bonus' as const, 'bought' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(operation, { minLength: 2, maxLength: 8 }), { minLength: 2, maxLength: 6 }), async (rounds) => {
      const db = database.prisma;
      const users = [await makePerson(db, { bonus: 10, bought: 10 }), await makePerson(db, { bonus: 3, bought: 30 })];
      const artist = await makePerson(db);
      const jobs: LedgerJob[] = [];
      let given = 53;
      let settled = 0;
      let spent = 0;
      /** Told twice at once, under one key: it happens once, and both are answered alike. */
      const twice = async <T extends { stored: boolean }>(move: (key: string) => Promise<T>): Promise<T> => {
        const key = randomUUID();
        const answers = await Promise.all([move(key), move(key)]);
        expect(answers.filter(({ stored }) => !stored)).toHaveLength(1);
        expect({ ...answers[0], stored: true }).toEqual({ ...answers[1], stored: true });
        return answers[0];
      };
      for (const round of rounds) {
        const known = [...jobs];
        // A round runs over several connections at once.
        await Promise.all(round.map(async (step) => {
          if (step.do === 'grant') {
            given += step.tokens;
            await transaction(db, (tx) => grant(tx, { userId: users[step.user]!, tokens: step.tokens, fund: step.fund, kind: 'grant', memo: '', scope: 'test', key: randomUUID(), requestHash: '' }));
          } else if (step.do === 'purchase') {
            await twice((key) => transaction(db, (tx) => purchase(tx, { userId: users[step.user]!, tokens: step.tokens, memo: '', scope: 'property', key, requestHash: '' })));
            given += step.tokens;
          } else if (step.do === 'take') {
            const { taken, owed: due } = await twice((key) => transaction(db, (tx) => takeBack(tx, { userId: users[step.user]!, tokens: step.tokens, fund: step.fund, owe: step.fund === 'bought', memo: '', scope: 'property_take', key, requestHash: '' })));
            given -= taken + due;
          } else if (step.do === 'spend') {
            const code = await codeOf(transaction(db, (tx) => spend(tx, { userId: users[step.user]!, tokens: step.tokens, memo: '', scope: 'property_spend', key: randomUUID(), requestHash: '' })));
            expect(['ok', 'INSUFFICIENT_TOKENS']).toContain(code);
            if (code === 'ok') spent += step.tokens;
          } else if (step.do === 'hold') {
            const answer = await holdFor(users[step.user]!, step.prices, artist).catch((error: unknown) => error);
            if (answer instanceof CodedError) expect(answer.code).toBe('INSUFFICIENT_TOKENS');
            else if (answer instanceof Error) throw answer;
            else jobs.push(answer as LedgerJob);
          } else if (known.length > 0) {
            const job = known[step.pick % known.length]!;
            const line = job.lines[step.pick % job.lines.length]!;
            if (step.do === 'settle') {
              const paid = await transaction(db, (tx) => settle(tx, { itemId: line.itemId, reason: 'ok' }));
              settled += paid;
            } else await transaction(db, (tx) => refund(tx, { jobId: job.jobId, ...(step.some ? { itemIds: [line.itemId] } : {}), reason: 'cancelled' }));
          }
        }));
      }
      const wallets = await db.wallet.findMany({ where: { userId: { in: users } } });
      const kept = wallets.reduce((sum, wallet) => sum + Number(wallet.bonus + wallet.bought + wallet.held), 0);
      const earned = await balance(db, artist, at());
      expect(earned.earnedBonus + earned.earnedBought).toBe(settled);
      const debts = await Promise.all(users.map((user) => owed(db, user)));
      expect(kept + settled + spent - debts.reduce((sum, debt) => sum + debt, 0)).toBe(given);
      const open = [...(await receipts(db, jobs.map(({ jobId }) => jobId))).values()].reduce((sum, receipt) => sum + receipt.open, 0);
      expect(wallets.reduce((sum, wallet) => sum + Number(wallet.held), 0)).toBe(open);
      // What a quick check has summed is what a full one reads.
      expect(await checkLedger(db, { mode: 'quick' })).toEqual({ ok: true, faults: [] });
      expect(await checkLedger(db)).toEqual({ ok: true, faults: [] });
    }),
    { numRuns: RUNS },
  );
}, 60_000 + RUNS * 2_000);
