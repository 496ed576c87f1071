import { randomUUID } from 'node:crypto';
import { QUOTA_PACKS } from '@style-license/shared';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ModelFailure, type LanguageModel, type ModelPrompt } from '../../platform/language-model/index.ts';
import { sqlState, transaction, violatedConstraint } from '../../platform/database.ts';
import { refusal, useTestApi, type Person } from '../../testing/api.ts';
import { checkLedger, grant } from '../ledger/index.ts';
import { askWithinQuota, completeQuotaOrder, failQuotaOrder, orderQuota, sweepReservations } from './index.ts';
import { runsOutOn } from './quota-admin.queries.ts';
import { monthOf } from './quota-month.ts';
import { reserveSql, settleCallSql } from './quota.sql.ts';

const MONTHLY = 10_000;
const api = useTestApi({ env: { DATABASE_POOL: '20', LLM_BASE_URL: 'http://127.0.0.1:9/v1', LLM_MODEL: 'nobody' } });

/** A model that answers when it is told to, and counts what it is told to count. */
function modelOf(answer: (prompt: ModelPrompt) => Promise<{ text: string; tokens: number | null }>): LanguageModel & { asked: number } {
  return { name: 'model of the test', timeoutMs: 5_000, asked: 0, async ask(prompt) { this.asked++; return await answer(prompt); } };
}
const saying = (tokens: number | null, text = 'yes') => modelOf(async () => await Promise.resolve({ text, tokens }));
/** About `tokens` set aside: nearly all of it output. */
const promptFor = (tokens: number): ModelPrompt => ({ messages: [{ role: 'user', content: '' }], maxOutputTokens: tokens - 8 });
const ask = async (person: Person, model: LanguageModel, need: number, read: (text: string) => unknown = (text) => text) =>
  await askWithinQuota(api.deps, model, { userId: person.id, feature: 'prompt_assistant' }, promptFor(need), read);
const rowOf = async (person: Person, month = monthOf(api.clock.now(), 'Asia/Seoul')) => await api.db.quota.findUniqueOrThrow({ where: { userId_month: { userId: person.id, month: new Date(month) } } });
const figures = async (person: Person) => {
  const { allocated, used, remaining, reserved, purchased } = await rowOf(person);
  return { allocated: Number(allocated), used: Number(used), remaining: Number(remaining), reserved: Number(reserved), purchased: Number(purchased) };
};
const give = async (person: Person, tokens: number) =>
  await transaction(api.db, (tx) => grant(tx, { userId: person.id, tokens, fund: 'bought', kind: 'purchase', memo: '', scope: 'test', key: randomUUID(), requestHash: '' }));

describe('a call on quota', () => {
  let person: Person;
  beforeAll(async () => { person = await api.person(); });

  it('opens the month on first use, goes through, and is settled by the model’s own count', async () => {
    expect(await person.api.quota.current.query()).toMatchObject({ allocated: MONTHLY, used: 0, free: MONTHLY, state: 'fine', untouched: true, percent: 0, warningPercent: 80 });
    expect(await api.db.quota.count({ where: { userId: person.id } })).toBe(0);
    const model = saying(321);
    expect(await ask(person, model, 1_000)).toBe('yes');
    expect(await figures(person)).toEqual({ allocated: MONTHLY, used: 321, remaining: 9_679, reserved: 0, purchased: 0 });
    expect(await api.db.quotaCall.findMany({ where: { userId: person.id } })).toMatchObject([
      { feature: 'prompt_assistant', model: 'model of the test', reserved: 1_000n, actual: 321n, charged: 321n, outcome: 'ok', reason: null },
    ]);
    expect(await person.api.quota.current.query()).toMatchObject({ used: 321, percent: 3.2, untouched: false });
  });

  it('is set aside while the model works', async () => {
    let seen: unknown;
    await ask(person, modelOf(async () => { seen = await person.api.quota.current.query(); return { text: '', tokens: 0 }; }), 2_000);
    expect(seen).toMatchObject({ used: 321, remaining: 9_679, reserved: 2_000, free: 7_679 });
    expect(await figures(person)).toMatchObject({ used: 321, reserved: 0 });
  });

  it('that fails costs nothing and says why, with what the model counted all the same', async () => {
    await expect(ask(person, modelOf(() => Promise.reject(new ModelFailure('timeout'))), 900)).rejects.toThrow('timeout');
    await expect(ask(person, saying(77), 900, () => { throw new ModelFailure('bad_answer'); })).rejects.toThrow('bad_answer');
    await expect(ask(person, saying(5), 900, () => { throw new TypeError('a fault of ours'); })).rejects.toThrow('a fault of ours');
    expect(await figures(person)).toMatchObject({ used: 321, reserved: 0 });
    const calls = await api.db.quotaCall.findMany({ where: { userId: person.id, outcome: 'failed' }, orderBy: { createdAt: 'asc' } });
    expect(calls.map(({ reason, actual, charged }) => [reason, actual, charged])).toEqual([['timeout', null, 0n], ['bad_answer', 77n, 0n], ['bad_answer', 5n, 0n]]);
  });

  it('beyond what is left is refused with figures, and nothing is called', async () => {
    const model = saying(1);
    const refused = await refusal(ask(person, model, 9_680));
    expect(refused).toMatchObject({ code: 'QUOTA_EXCEEDED', details: { required: 9_680, free: 9_679, allocated: MONTHLY, used: 321, reserved: 0 } });
    expect(model.asked).toBe(0);
    expect(await api.db.quotaCall.findFirst({ where: { userId: person.id, outcome: 'refused' } })).toMatchObject({ reason: 'quota', reserved: 9_680n, charged: 0n });
  });

  it('of a model that counts beyond its limit takes what is free and no more; one that does not count is taken at the estimate', async () => {
    const other = await api.person();
    await ask(other, saying(99_999), 100);
    expect(await figures(other)).toEqual({ allocated: MONTHLY, used: MONTHLY, remaining: 0, reserved: 0, purchased: 0 });
    expect(await other.api.quota.current.query()).toMatchObject({ state: 'exceeded', percent: 100 });
    const third = await api.person();
    await ask(third, saying(null, 'abcdef'), 500);
    expect(await figures(third)).toMatchObject({ used: 8 + 8 + 2 });
  });

  it('warns from the share that is set', async () => {
    const other = await api.person();
    await ask(other, saying(7_999), 8_000);
    expect((await other.api.quota.current.query()).state).toBe('fine');
    await ask(other, saying(1), 100);
    expect((await other.api.quota.current.query()).state).toBe('warning');
  });
});

describe('at once', () => {
  it('calls over many connections never overdraw', async () => {
    const person = await api.person();
    let inside = 0;
    let most = 0;
    const model = modelOf(async () => {
      inside++;
      most = Math.max(most, inside);
      await api.db.$queryRaw`SELECT 1`;
      inside--;
      return { text: 'ok', tokens: 900 };
    });
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(person, model, 1_000).then(() => 'ok', (error: { code?: string }) => error.code ?? 'unexpected')));
    const served = answers.filter((answer) => answer === 'ok').length;
    expect(answers.every((answer) => answer === 'ok' || answer === 'QUOTA_EXCEEDED')).toBe(true);
    expect(served).toBe(model.asked);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(10);
    // 900 used of each: never more than what a month has.
    expect(served).toBeGreaterThanOrEqual(10);
    expect(served).toBeLessThanOrEqual(11);
    expect(await figures(person)).toMatchObject({ used: served * 900, reserved: 0 });
  });

  it('property: whatever is asked, fails, dies, is bought and given at once, the figures hold', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('ask' as const), need: fc.integer({ min: 10, max: 6_000 }), counts: fc.integer({ min: 0, max: 9_000 }), fails: fc.boolean() }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('die' as const), need: fc.integer({ min: 1, max: 3_000 }) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('buy' as const), pack: fc.constantFrom(...QUOTA_PACKS), twice: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('grant' as const), textTokens: fc.integer({ min: 1, max: 5_000 }) }) },
    );
    const admin = await api.person({ admin: true });
    await fc.assert(fc.asyncProperty(fc.array(fc.array(step, { minLength: 2, maxLength: 8 }), { minLength: 1, maxLength: 4 }), async (rounds) => {
      const person = await api.person();
      let given = 0;
      let bought = 0;
      let paid = 0;
      for (const round of rounds) {
        await Promise.all(round.map(async (one) => {
          if (one.do === 'ask') {
            await ask(person, saying(one.counts), one.need, () => { if (one.fails) throw new ModelFailure('bad_answer'); }).catch((error: unknown) => {
              if (!(error instanceof ModelFailure) && (error as { code?: string }).code !== 'QUOTA_EXCEEDED') throw error;
            });
          } else if (one.do === 'die') {
            // A process that reserved and was killed: the row stays until the sweep.
            const now = api.clock.now();
            await reserveSql(api.db, { userId: person.id, month: monthOf(now, 'Asia/Seoul'), allowance: MONTHLY, callId: randomUUID(), feature: 'prompt_assistant', model: 'm', tokens: one.need, now, expiresAt: new Date(now.getTime() - 1) });
          } else if (one.do === 'sweep') await sweepReservations(api.deps);
          else if (one.do === 'grant') {
            await admin.api.quota.grant.mutate({ purchaseId: randomUUID(), userId: person.id, textTokens: one.textTokens, reason: 'a test' });
            given += one.textTokens;
          } else {
            const request = { purchaseId: randomUUID(), packId: one.pack.id };
            const calls = await Promise.allSettled(Array.from({ length: one.twice ? 2 : 1 }, () => person.api.quota.buy.mutate(request)));
            const done = calls.filter(({ status }) => status === 'fulfilled').length;
            if (done > 0) {
              bought += one.pack.textTokens;
              paid += one.pack.tokens;
            }
            for (const call of calls) if (call.status === 'rejected') expect(['INSUFFICIENT_TOKENS', 'QUOTA_LIMIT_REACHED']).toContain((await refusal(Promise.reject(call.reason as Error))).code);
          }
        }));
      }
      await sweepReservations(api.deps);
      const row = await api.db.quota.findFirst({ where: { userId: person.id } });
      const calls = await api.db.quotaCall.findMany({ where: { userId: person.id } });
      const charged = calls.reduce((sum, call) => sum + Number(call.charged), 0);
      expect(calls.every((call) => call.outcome !== null)).toBe(true);
      expect({ allocated: Number(row?.allocated ?? MONTHLY), used: Number(row?.used ?? 0), reserved: Number(row?.reserved ?? 0), purchased: Number(row?.purchased ?? 0) })
        .toEqual({ allocated: MONTHLY + given + bought, used: charged, reserved: 0, purchased: bought });
      const wallet = await api.db.wallet.findUniqueOrThrow({ where: { userId: person.id } });
      expect(Number(wallet.bonus + wallet.bought)).toBe(100 - paid);
    }), { numRuns: 12 });
    expect(await checkLedger(api.db)).toMatchObject({ ok: true });
  }, 60_000);
});

describe('when the process dies between reserving and settling', () => {
  it('the sweep releases it after its time, once; what comes back later changes nothing', async () => {
    const person = await api.person();
    const now = api.clock.now();
    const callId = randomUUID();
    const month = monthOf(now, 'Asia/Seoul');
    await reserveSql(api.db, { userId: person.id, month, allowance: MONTHLY, callId, feature: 'prompt_assistant', model: 'm', tokens: 4_000, now, expiresAt: new Date(now.getTime() + 1_000) });
    await sweepReservations(api.deps);
    expect(await figures(person)).toMatchObject({ reserved: 4_000 });
    api.clock.advance(2_000);
    const released = await Promise.all(Array.from({ length: 4 }, () => sweepReservations(api.deps)));
    expect(released.reduce((sum, n) => sum + n, 0)).toBe(1);
    expect(await figures(person)).toMatchObject({ used: 0, reserved: 0, remaining: MONTHLY });
    expect(await settleCallSql(api.db, { callId, outcome: 'ok', reason: null, actual: 3_000, ms: 5, now })).toBeNull();
    expect(await figures(person)).toMatchObject({ used: 0 });
    expect(await api.db.quotaCall.findUnique({ where: { id: callId } })).toMatchObject({ outcome: 'failed', reason: 'expired' });
  });
});

describe('months', () => {
  it('begin at midnight in TIME_ZONE, each with its own row, and a call belongs to the month in which it began', async () => {
    const person = await api.person();
    const before = api.clock.now();
    try {
      api.clock.set(new Date('2031-01-31T14:59:50Z')); // 23:59:50 in Seoul
      let rolled = false;
      const model = modelOf(async () => {
        if (!rolled) api.clock.set(new Date('2031-01-31T15:00:05Z'));
        rolled = true;
        return await Promise.resolve({ text: '', tokens: 600 });
      });
      await ask(person, model, 1_000);
      await ask(person, model, 1_000);
      await ask(person, model, 1_000);
      const rows = await api.db.quota.findMany({ where: { userId: person.id }, orderBy: { month: 'asc' } });
      expect(rows.map(({ month, used, reserved }) => [month.toISOString().slice(0, 10), used, reserved])).toEqual([['2031-01-01', 600n, 0n], ['2031-02-01', 1_200n, 0n]]);
      const session = await api.db.session.findFirstOrThrow({ where: { userId: person.id } });
      await api.db.session.update({ where: { id: session.id }, data: { expiresAt: new Date('2031-03-01'), createdAt: new Date('2031-01-30') } });
      expect(await person.api.quota.history.query({})).toEqual({
        items: [
          { month: '2031-02-01', allocated: MONTHLY, used: 1_200, remaining: 8_800, reserved: 0, purchased: 0, calls: 2, refused: 0 },
          { month: '2031-01-01', allocated: MONTHLY, used: 600, remaining: 9_400, reserved: 0, purchased: 0, calls: 1, refused: 0 },
        ],
        summary: { months: 2, allocated: 20_000, used: 1_800, purchased: 0, averageUsed: 900 },
      });
      expect((await person.api.quota.history.query({ months: 1 })).items).toHaveLength(1);
    } finally {
      api.clock.set(before);
    }
  });

  it('are counted right over years and zones', () => {
    expect(monthOf(new Date('2026-12-31T15:00:00Z'), 'Asia/Seoul')).toBe('2027-01-01');
    expect(monthOf(new Date('2026-12-31T15:00:00Z'), 'America/New_York')).toBe('2026-12-01');
    expect(monthOf(new Date('2027-01-15T00:00:00Z'), 'Asia/Seoul', 2)).toBe('2026-11-01');
  });
});

describe('buying with tokens', () => {
  it('works at once, once per id, and stands in both histories', async () => {
    const person = await api.person();
    const request = { purchaseId: randomUUID(), packId: 'text_10k' as const };
    const answers = await Promise.all(Array.from({ length: 5 }, () => person.api.quota.buy.mutate(request)));
    expect(answers.every(({ quota }) => quota.allocated === 20_000)).toBe(true);
    expect(await figures(person)).toEqual({ allocated: 20_000, used: 0, remaining: 20_000, reserved: 0, purchased: 10_000 });
    expect(await person.api.tokens.balance.query()).toMatchObject({ available: 90 });
    expect((await person.api.quota.purchases.query({})).items).toMatchObject([{ id: request.purchaseId, kind: 'purchase', status: 'completed', textTokens: 10_000, method: 'tokens', amount: 10, currency: null }]);
    expect((await person.api.tokens.history.query({ filter: 'usage' })).items).toMatchObject([{ kind: 'spend', tokens: -10, memo: 'text_10k', balanceAfter: 90 }]);
    const [spent] = (await person.api.tokens.history.query({ filter: 'usage' })).items;
    expect(await person.api.tokens.movement.query({ entryId: spent!.id })).toMatchObject({ kind: 'spend', bonus: -10, bought: 0, tokens: -10, by: 'owner', memo: 'text_10k', orderId: null });
    expect((await refusal(person.api.quota.buy.mutate({ ...request, packId: 'text_20k' }))).code).toBe('REQUEST_REUSED');
    const stranger = await api.person();
    expect((await refusal(stranger.api.quota.buy.mutate(request))).code).toBe('REQUEST_REUSED');
    expect(await stranger.api.tokens.balance.query()).toMatchObject({ available: 100 });
  });

  it('refuses who has too few tokens, and what goes beyond the most a month can have; administrators may', async () => {
    const person = await api.person();
    await give(person, 1_000);
    for (const packId of ['text_40k', 'text_40k', 'text_10k'] as const) await person.api.quota.buy.mutate({ purchaseId: randomUUID(), packId });
    const beyond = await refusal(person.api.quota.buy.mutate({ purchaseId: randomUUID(), packId: 'text_10k' }));
    expect(beyond).toEqual({ code: 'QUOTA_LIMIT_REACHED', details: { allocated: 100_000, wanted: 10_000, max: 100_000 } });
    expect(await person.api.tokens.balance.query()).toMatchObject({ available: 1_100 - 74 });
    const admin = await api.person({ admin: true });
    for (let n = 0; n < 3; n++) await admin.api.quota.buy.mutate({ purchaseId: randomUUID(), packId: 'text_40k' });
    expect(await admin.api.quota.current.query()).toMatchObject({ allocated: 130_000, max: 100_000 });
    expect(await refusal(admin.api.quota.buy.mutate({ purchaseId: randomUUID(), packId: 'text_10k' }))).toMatchObject({ code: 'INSUFFICIENT_TOKENS', details: { required: 10, available: 4 } });
  });

  it('is undone by an administrator while it is unused, with the split it was paid with', async () => {
    const [person, admin] = [await api.person(), await api.person({ admin: true })];
    const purchaseId = randomUUID();
    await person.api.quota.buy.mutate({ purchaseId, packId: 'text_20k' });
    await ask(person, saying(15_000), 15_000);
    const request = { refundId: randomUUID(), purchaseId, reason: 'bought by mistake' };
    expect((await refusal(admin.api.quota.refund.mutate(request))).code).toBe('QUOTA_IN_USE');
    expect(await person.api.tokens.balance.query()).toMatchObject({ available: 82 });
    await admin.api.quota.grant.mutate({ purchaseId: randomUUID(), userId: person.id, textTokens: 5_000, reason: 'to try' });
    const undone = await Promise.all(Array.from({ length: 3 }, () => admin.api.quota.refund.mutate(request)));
    expect(undone).toMatchObject([{ kind: 'refund', status: 'completed' }, { kind: 'refund' }, { kind: 'refund' }]);
    expect(await person.api.tokens.balance.query()).toMatchObject({ available: 100, bonus: 100 });
    expect(await figures(person)).toEqual({ allocated: 15_000, used: 15_000, remaining: 0, reserved: 0, purchased: 0 });
    expect((await refusal(admin.api.quota.refund.mutate({ ...request, refundId: randomUUID() }))).code).toBe('CONFLICT');
    expect((await person.api.quota.purchases.query({ limit: 2 })).items.map(({ kind }) => kind)).toEqual(['refund', 'bonus']);
    const first = await person.api.quota.purchases.query({ limit: 2 });
    expect((await person.api.quota.purchases.query({ limit: 2, cursor: first.nextCursor })).items).toMatchObject([{ kind: 'purchase', status: 'refunded' }]);
    expect(await checkLedger(api.db)).toMatchObject({ ok: true });
  });
});

describe('buying with money', () => {
  it('is ordered, then completed once whatever is told how often, or failed', async () => {
    const person = await api.person();
    const purchaseId = randomUUID();
    const order = async () => await transaction(api.db, (tx) => orderQuota(tx, api.deps, { purchaseId, userId: person.id, packId: 'text_20k', method: 'sandbox' }));
    expect(await order()).toEqual({ amount: 1_800, currency: 'KRW' });
    expect(await order()).toEqual({ amount: 1_800, currency: 'KRW' });
    expect((await person.api.quota.current.query()).allocated).toBe(MONTHLY);
    const paid = { purchaseId, transactionId: `pay-${purchaseId}`, method: 'sandbox', amount: 1_800, currency: 'KRW' as const };
    const complete = async (over = {}) => await transaction(api.db, (tx) => completeQuotaOrder(tx, api.deps, { ...paid, ...over }));
    expect((await refusal(complete({ amount: 1_000 }))).code).toBe('PAYMENT_FAILED');
    const told = await Promise.all(Array.from({ length: 5 }, () => complete()));
    expect(told.filter((added) => added)).toHaveLength(1);
    expect(await figures(person)).toMatchObject({ allocated: 30_000, purchased: 20_000 });
    expect((await refusal(complete({ transactionId: 'another' }))).code).toBe('CONFLICT');
    await transaction(api.db, (tx) => failQuotaOrder(tx, api.deps, { purchaseId, reason: 'late' }));
    expect((await person.api.quota.purchases.query({})).items).toMatchObject([{ status: 'completed', method: 'sandbox', amount: 1_800, currency: 'KRW', transactionId: paid.transactionId }]);
    const other = randomUUID();
    await transaction(api.db, (tx) => orderQuota(tx, api.deps, { purchaseId: other, userId: person.id, packId: 'text_10k', method: 'sandbox' }));
    await transaction(api.db, (tx) => failQuotaOrder(tx, api.deps, { purchaseId: other, reason: 'declined' }));
    expect(await figures(person)).toMatchObject({ allocated: 30_000 });
    // Money that comes after it was given up is still what was bought.
    expect(await complete({ purchaseId: other, transactionId: 'x', amount: 1_000 })).toBe(true);
    expect(await figures(person)).toMatchObject({ allocated: 40_000, purchased: 30_000 });
  });
});

describe('administrators', () => {
  it('give with a reason and beyond the most, and see who uses how much, how fast, and until when', async () => {
    const [person, admin] = [await api.person(), await api.person({ admin: true })];
    const request = { purchaseId: randomUUID(), userId: person.id, textTokens: 500_000, reason: 'works on a book' };
    expect((await admin.api.quota.grant.mutate(request)).quota.allocated).toBe(510_000);
    expect((await admin.api.quota.grant.mutate(request)).quota.allocated).toBe(510_000);
    expect((await refusal(admin.api.quota.grant.mutate({ ...request, textTokens: 1 }))).code).toBe('REQUEST_REUSED');
    expect((await refusal(admin.api.quota.grant.mutate({ ...request, purchaseId: randomUUID(), userId: randomUUID() }))).code).toBe('NOT_FOUND');
    expect((await refusal(person.api.quota.grant.mutate(request))).code).toBe('ADMIN_ONLY');
    await ask(person, saying(400_000), 450_000);
    const overview = await admin.api.quota.overview.query();
    expect(overview.served).toBeGreaterThan(0);
    expect(overview.refused).toBeGreaterThan(0);
    expect(overview.reasons.map(({ reason }) => reason)).toContain('expired');
    expect(overview.days).toHaveLength(30);
    expect(overview.days.reduce((sum, { used }) => sum + used, 0)).toBe(overview.used);
    const first = await admin.api.quota.users.query({ limit: 1 });
    expect(first.items).toMatchObject([{ userId: person.id, used: 400_000, served: 1, refused: 0 }]);
    const second = await admin.api.quota.users.query({ limit: 1, cursor: first.nextCursor });
    expect(second.items[0]!.used).toBeLessThanOrEqual(400_000);
    expect(second.items[0]!.userId).not.toBe(person.id);
    expect(await api.db.adminAct.findMany({ where: { subjectId: person.id } })).toMatchObject([{ act: 'grant_quota', actorId: admin.id, reason: 'works on a book' }]);
    expect((await admin.api.quota.purchasesOf.query({ userId: person.id })).items).toMatchObject([{ kind: 'bonus', reason: 'works on a book' }]);
  });

  it('are told the day it runs out at this month’s pace', () => {
    const now = new Date('2026-11-10T03:00:00Z');
    const on = (used: number, remaining: number) => runsOutOn({ used, remaining }, now, '2026-11-01', 'Asia/Seoul');
    expect(on(5_000, 5_000)).toBe('2026-11-20');
    expect(on(1_000, 9_000)).toBeNull();
    expect(on(0, 10_000)).toBeNull();
    expect(on(10_000, 0)).toBe('2026-11-10');
  });
});

describe('the database itself', () => {
  it.each([
    [`UPDATE quotas SET used = -1, remaining = allocated + 1`, 'quotas_not_negative'],
    [`UPDATE quotas SET remaining = remaining - 1`, 'quotas_remaining'],
    [`UPDATE quotas SET reserved = remaining + 1`, 'quotas_reserved_within'],
    [`UPDATE quota_purchases SET text_tokens = 0`, 'quota_purchases_positive'],
    [`UPDATE quota_purchases SET amount = 0 WHERE amount IS NOT NULL`, 'quota_purchases_positive'],
    [`UPDATE quota_purchases SET status = 'paid'`, 'quota_purchases_status_known'],
    [`UPDATE quota_purchases SET currency = 'GBP' WHERE method = 'sandbox'`, 'quota_purchases_currency_known'],
    [`UPDATE quota_purchases SET transaction_id = 'one'`, 'quota_purchases_transaction_id_key'],
    [`UPDATE quota_calls SET charged = 5 WHERE outcome = 'failed'`, 'quota_calls_only_ok_is_charged'],
    [`UPDATE quota_calls SET reserved = 0`, 'quota_calls_positive'],
  ])('refuses %s', async (statement, constraint) => {
    const error: unknown = await api.db.$executeRawUnsafe(statement).catch((caught: unknown) => caught);
    expect(violatedConstraint(error) ?? sqlState(error)).toBe(constraint);
  });
});
