/**
 * Random lives of buyers: orders, sandbox outcomes, the worker, holds, settlements, refunds, chargebacks, and a process that dies
 * between any two steps, several at once over several connections. Whatever happened, when all is quiet the books agree.
 * `PROPERTY_RUNS=2000` makes it long.
 */
import { randomUUID } from 'node:crypto';
import { CodedError, PACKAGE_IDS, QUOTA_PACK_IDS, SANDBOX_OUTCOMES, type PackageId, type QuotaPackId, type SandboxOutcome } from '@style-license/shared';
import type { PaymentOrder } from '@style-license/db';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { transaction } from '../../platform/database.ts';
import { ModelFailure, type LanguageModel } from '../../platform/language-model/index.ts';
import { useTestApi } from '../../testing/api.ts';
import { checkLedger, hold, owed, refund, settle } from '../ledger/index.ts';
import { makePerson, writeJob, type LedgerJob } from '../ledger/testing/ledger-world.ts';
import { askWithinQuota } from '../quota/index.ts';
import { applyPayment } from './apply-payment.ts';
import { askProvider } from './ask-provider.ts';
import { beginAttempt } from './begin-attempt.ts';
import { checkAttempts } from './check-attempts.ts';
import { createOrder } from './create-order.ts';
import { finishAttempt } from './finish-attempt.ts';
import { leaseAttemptsSql, leaseRefundsSql } from './payments.sql.ts';
import { openProviders } from './providers/open-providers.ts';
import { purchasesCredited } from './purchases-credited.ts';
import { requestRefund } from './request-refund.ts';
import { chargeBackSandboxPayment, decideSandboxPayment } from './sandbox/sandbox-bank.ts';
import { deliverSandboxWebhooks } from './sandbox/deliver-sandbox-webhooks.ts';
import { sendRefunds } from './send-refunds.ts';
import { injected } from './testing/payment-world.ts';

// A language model is set, so that AI text is sold; nobody asks it: calls are answered in the test.
const api = useTestApi({ env: { DATABASE_POOL: '12', LLM_BASE_URL: 'http://127.0.0.1:9/v1', LLM_MODEL: 'nobody' } });
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 40);

class Crash extends Error {}

interface Buyer { id: string; bonus: number }
interface Try { orderId: string; userId: string; attemptId: string; paymentId: string }
interface World { buyers: Buyer[]; artist: string; orders: { orderId: string; userId: string; packageId: PackageId | QuotaPackId }[]; tries: Try[]; jobs: LedgerJob[] }

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('order' as const), who: fc.nat(1), package: fc.constantFrom<PackageId | QuotaPackId>(...PACKAGE_IDS, ...QUOTA_PACK_IDS) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('begin' as const), pick: fc.nat(99), old: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('decide' as const), pick: fc.nat(99), outcome: fc.constantFrom<SandboxOutcome>(...SANDBOX_OUTCOMES), returns: fc.nat(2) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('webhooks' as const), lost: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('check' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('refunds' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('askRefund' as const), pick: fc.nat(99) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('chargeBack' as const), pick: fc.nat(99), part: fc.integer({ min: 1, max: 100 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('hold' as const), who: fc.nat(1), prices: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 3 }), dies: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('settle' as const), pick: fc.nat(99), dies: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), pick: fc.nat(99) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('write' as const), who: fc.nat(1), textTokens: fc.integer({ min: 100, max: 15_000 }), fails: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('die' as const), where: fc.constantFrom('asked' as const, 'applied' as const, 'leased' as const, 'refunding' as const), pick: fc.nat(99) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
const pickOf = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];

async function buy(world: World, chosen: Extract<Step, { do: 'order' | 'begin' }>): Promise<void> {
  if (chosen.do === 'order') {
    const order = { orderId: randomUUID(), userId: world.buyers[chosen.who]!.id, packageId: chosen.package };
    const [one, again] = await Promise.all([createOrder(api.deps, order), createOrder(api.deps, order)]);
    expect(one).toEqual(again);
    world.orders.push(order);
    return;
  }
  const order = pickOf(world.orders, chosen.pick);
  if (!order) return;
  if (chosen.old) await api.db.paymentAttempt.updateMany({ where: { orderId: order.orderId, state: 'started' }, data: { startedAt: new Date(api.clock.now().getTime() - 16 * 60_000) } });
  const { checkout } = await beginAttempt(api.deps, openProviders(api.deps), { ...order, locale: 'en' }).catch((error: unknown) => {
    if (!(error instanceof CodedError)) throw error;
    expect(error.code).toBe('QUOTA_LIMIT_REACHED');
    return { checkout: null };
  });
  if (checkout?.provider === 'sandbox') world.tries.push({ ...order, attemptId: checkout.attemptId, paymentId: checkout.paymentId });
}

async function payOrReturn(world: World, chosen: Extract<Step, { do: 'decide' }>): Promise<void> {
  const tried = pickOf(world.tries, chosen.pick);
  if (!tried) return;
  const { returnUrl } = await decideSandboxPayment(api.deps, tried.paymentId, chosen.outcome);
  if (returnUrl === null) return;
  const back = new URL(returnUrl).searchParams;
  const finish = () => finishAttempt(api.deps, openProviders(api.deps), { ...tried, paymentKey: back.get('paymentKey'), failureCode: back.get('code') });
  await Promise.all(Array.from({ length: chosen.returns }, finish));
}

/** A process that dies: what it had in hand is gone, what it had written stays. */
async function die({ where, pick }: Extract<Step, { do: 'die' }>, world: World): Promise<void> {
  const { db, clock } = api.deps;
  const sandbox = openProviders(api.deps).of('sandbox')!;
  const now = clock.now();
  const until = new Date(now.getTime() + 60_000);
  if (where === 'leased') {
    await leaseAttemptsSql(db, now, until, 20);
    await leaseRefundsSql(db, now, until, 10);
    return;
  }
  if (where === 'refunding') {
    // The provider has given the money back, and nobody noted it.
    for (const one of await leaseRefundsSql(db, now, until, 1)) {
      if (one.payment_key !== null) await sandbox.refund({ attemptId: one.attempt_id, paymentKey: one.payment_key, reason: one.reason, idempotencyKey: one.id });
    }
    return;
  }
  const tried = pickOf(world.tries, pick);
  if (!tried) return;
  const told = await askProvider(sandbox, { id: tried.attemptId, paymentKey: null }, 0);
  if (where === 'asked') return;
  await applyPayment(api.deps, { attemptId: tried.attemptId, told, also: () => Promise.reject(new Crash()) }).catch((error: unknown) => {
    if (!(error instanceof Crash)) throw error;
  });
}

async function goBack(world: World, chosen: Extract<Step, { do: 'askRefund' | 'chargeBack' }>): Promise<void> {
  const tried = pickOf(world.tries, chosen.pick);
  if (!tried) return;
  if (chosen.do === 'askRefund') {
    await requestRefund(api.deps, { orderId: tried.orderId, reason: 'asked for', requestedBy: tried.userId }).catch((error: unknown) => {
      if (!(error instanceof CodedError)) throw error;
      expect(error.code).toBe('PAYMENT_NOT_REFUNDABLE');
    });
    return;
  }
  const book = await api.db.sandboxPayment.findUniqueOrThrow({ where: { id: tried.paymentId } });
  const left = Number(book.amount - book.cancelledAmount);
  if (book.paidAt && book.paidAt <= api.clock.now() && left > 0) {
    // Two at once could take back more than there is; a bank does not.
    await chargeBackSandboxPayment(api.deps, tried.attemptId, Math.max(1, Math.floor((left * chosen.part) / 100))).catch((error: unknown) => expect(String(error)).toMatch(/sandbox_payments_cancelled/));
  }
}

async function spend(world: World, chosen: Extract<Step, { do: 'hold' | 'settle' | 'cancel' }>): Promise<void> {
  const crash = (dies: boolean): void => {
    if (dies) throw new Crash();
  };
  const passing = (error: unknown): void => {
    if (error instanceof CodedError) expect(error.code).toBe('INSUFFICIENT_TOKENS');
    else if (!(error instanceof Crash)) throw error;
  };
  if (chosen.do === 'hold') {
    await transaction(api.db, async (tx) => {
      const userId = world.buyers[chosen.who]!.id;
      const job = await writeJob(tx, userId, chosen.prices, world.artist);
      await hold(tx, { jobId: job.jobId, userId, lines: job.lines });
      crash(chosen.dies);
      return job;
    }).then((job) => void world.jobs.push(job), passing);
    return;
  }
  const job = pickOf(world.jobs, chosen.pick);
  if (!job) return;
  await transaction(api.db, async (tx) => {
    if (chosen.do === 'cancel') await refund(tx, { jobId: job.jobId, reason: 'cancelled' });
    else {
      await settle(tx, { itemId: pickOf(job.lines, chosen.pick)!.itemId, reason: 'ok' });
      crash(chosen.dies);
    }
  }).catch(passing);
}

/** Uses AI text, or sets it aside and lets it go. */
async function write(world: World, { who, textTokens, fails }: Extract<Step, { do: 'write' }>): Promise<void> {
  const model: LanguageModel = { name: 'model of the test', timeoutMs: 5_000, ask: () => (fails ? Promise.reject(new ModelFailure('timeout')) : Promise.resolve({ text: 'yes', tokens: textTokens })) };
  await askWithinQuota(api.deps, model, { userId: world.buyers[who]!.id, feature: 'prompt_assistant' }, { messages: [{ role: 'user', content: '' }], maxOutputTokens: textTokens }, (text) => text).catch((error: unknown) => {
    if (error instanceof CodedError) expect(error.code).toBe('QUOTA_EXCEEDED');
    else if (!(error instanceof ModelFailure)) throw error;
  });
}

async function take(world: World, chosen: Step): Promise<void> {
  switch (chosen.do) {
    case 'order':
    case 'begin':
      return await buy(world, chosen);
    case 'decide':
      return await payOrReturn(world, chosen);
    case 'webhooks':
      await deliverSandboxWebhooks(api.deps, chosen.lost ? () => Promise.resolve(true) : injected(api));
      return;
    case 'check':
      await checkAttempts(api.deps, openProviders(api.deps));
      return;
    case 'refunds':
      await sendRefunds(api.deps, openProviders(api.deps));
      return;
    case 'askRefund':
    case 'chargeBack':
      return await goBack(world, chosen);
    case 'hold':
    case 'settle':
    case 'cancel':
      return await spend(world, chosen);
    case 'write':
      return await write(world, chosen);
    case 'die':
      return await die(chosen, world);
  }
}

/** Everything that is still to come comes: time goes by, the worker works, jobs end. */
async function settleDown(world: World): Promise<void> {
  const providers = openProviders(api.deps);
  for (const ms of [2 * 60_000, 2 * 3_600_000, 26 * 3_600_000, 60_000, 60_000]) {
    api.clock.advance(ms);
    await deliverSandboxWebhooks(api.deps, injected(api));
    await api.db.paymentAttempt.updateMany({ where: { orderId: { in: world.orders.map(({ orderId }) => orderId) } }, data: { checkAt: api.clock.now() } });
    while ((await checkAttempts(api.deps, providers)) > 0);
    await sendRefunds(api.deps, providers);
  }
  for (const [index, job] of world.jobs.entries()) {
    await transaction(api.db, async (tx) => {
      if (index % 2 === 0) await settle(tx, { itemId: job.lines[0]!.itemId, reason: 'ok' });
      await refund(tx, { jobId: job.jobId, reason: 'cancelled' });
      await tx.job.update({ where: { id: job.jobId }, data: { state: 'failed', endedAt: new Date() } });
    });
  }
}

/** A pack stands in the quota's own list as its order does; what went back never exceeds what the money stood for. */
async function expectQuotaOrder(order: PaymentOrder): Promise<void> {
  const status = { paid: 'completed', refunded: 'refunded', failed: 'failed', cancelled: 'failed', pending: undefined }[order.state];
  const [bought, refunded] = await Promise.all([api.db.quotaPurchase.findUnique({ where: { id: order.id } }), api.db.quotaPurchase.findUnique({ where: { refundOfId: order.id } })]);
  expect(bought?.status).toBe(status);
  expect(refunded?.textTokens ?? 0n).toBe(order.takenTextTokens);
  expect(refunded?.amount?.toNumber() ?? 0).toBe(Number(order.refundedAmount));
  expect(order.takenTextTokens).toBeLessThanOrEqual((order.textTokens * order.refundedAmount + order.amount - 1n) / order.amount);
}

async function expectQuota(userId: string, orders: readonly PaymentOrder[]): Promise<void> {
  const months = await api.db.quota.findMany({ where: { userId } });
  const [used] = await api.db.$queryRaw<{ tokens: bigint }[]>`SELECT coalesce(sum(charged), 0)::bigint AS tokens FROM quota_calls WHERE user_id = ${userId}::uuid`;
  const bought = orders.filter(({ paidAt }) => paidAt).reduce((sum, { textTokens, takenTextTokens }) => sum + textTokens - takenTextTokens, 0n);
  expect(months.reduce((sum, { purchased }) => sum + purchased, 0n)).toBe(bought);
  expect(months.reduce((sum, { allocated }) => sum + allocated, 0n)).toBe(bought + BigInt(months.length) * BigInt(api.deps.env.QUOTA_MONTHLY));
  expect(months.reduce((sum, month) => sum + month.used, 0n)).toBe(used!.tokens);
  expect(months.every(({ reserved }) => reserved === 0n)).toBe(true);
}

async function expectRight(world: World): Promise<void> {
  const orders = await api.db.paymentOrder.findMany({ where: { id: { in: world.orders.map(({ orderId }) => orderId) } }, include: { attempts: true, refunds: true } });
  const books = new Map((await api.db.sandboxPayment.findMany({ where: { merchantId: { in: orders.flatMap(({ attempts }) => attempts.map(({ id }) => id)) } } })).map((book) => [book.merchantId, book]));
  for (const order of orders) {
    const paid = order.attempts.filter(({ id }) => books.get(id)?.paidAt);
    // The money that the provider keeps is the money that tokens were given for: nothing is kept twice.
    const kept = paid.reduce((sum, { id }) => sum + books.get(id)!.amount - books.get(id)!.cancelledAmount, 0n);
    const isPaid = order.state === 'paid' || order.state === 'refunded';
    expect(kept).toBe(isPaid ? order.amount - order.refundedAmount : 0n);
    const credits = await api.db.posting.count({ where: { scope: 'payment', key: order.id } });
    const isQuota = order.textTokens > 0n;
    expect(credits).toBe(isPaid && !isQuota ? 1 : 0);
    const due = order.refundedAmount === 0n ? 0n : (order.tokens * order.refundedAmount + order.amount - 1n) / order.amount;
    expect(order.takenTokens + order.owedTokens).toBe(due);
    if (isQuota) await expectQuotaOrder(order);
    expect(order.refunds.filter(({ state }) => state !== 'done')).toEqual([]);
    expect(order.attempts.filter(({ state }) => state === 'started' || state === 'pending')).toEqual([]);
  }
  for (const buyer of world.buyers) {
    const wallet = await api.db.wallet.findUniqueOrThrow({ where: { userId: buyer.id } });
    const own = orders.filter(({ userId, paidAt }) => userId === buyer.id && paidAt);
    const bought = own.reduce((sum, { tokens, takenTokens, owedTokens }) => sum + Number(tokens - takenTokens - owedTokens), 0);
    const [spent] = await api.db.$queryRaw<{ tokens: bigint }[]>`SELECT coalesce(sum(bonus + bought), 0)::bigint AS tokens FROM hold_lines l JOIN holds h USING (job_id) WHERE h.user_id = ${buyer.id}::uuid AND l.state = 'settled'`;
    const [open] = await api.db.$queryRaw<{ lines: bigint }[]>`SELECT count(*) AS lines FROM hold_lines l JOIN holds h USING (job_id) WHERE h.user_id = ${buyer.id}::uuid AND l.state = 'held'`;
    expect(open!.lines).toBe(0n);
    expect(wallet.held).toBe(0n);
    const debt = await owed(api.db, buyer.id);
    expect(debt).toBeGreaterThanOrEqual(0);
    expect(Number(wallet.bonus + wallet.bought) + Number(spent!.tokens) - debt).toBe(buyer.bonus + bought);
    await expectQuota(buyer.id, orders.filter(({ userId }) => userId === buyer.id));
  }
}

test(`property: ${RUNS} random lives of buyers, and nothing is credited, taken or owed twice or not at all`, async () => {
  let steps = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 3, maxLength: 8 }), async (rounds) => {
      const buyers = await Promise.all([30, 500].map(async (bonus) => ({ id: await makePerson(api.db, { bonus }), bonus })));
      const world: World = { buyers, artist: await makePerson(api.db), orders: [], tries: [], jobs: [] };
      await buy(world, { do: 'order', who: 0, package: 'standard_500' });
      await buy(world, { do: 'begin', pick: 0, old: false });
      await buy(world, { do: 'order', who: 0, package: 'text_20k' });
      await buy(world, { do: 'begin', pick: 1, old: false });
      for (const round of rounds) {
        api.clock.advance(1_500);
        steps += round.length;
        // A round runs over several connections at once.
        await Promise.all(round.map((chosen) => take(world, chosen)));
      }
      await settleDown(world);
      await expectRight(world);
    }),
    { numRuns: RUNS },
  );
  expect(steps).toBeGreaterThan(RUNS * 3);
}, 60_000 + RUNS * 3_000);

afterAll(async () => {
  expect(await checkLedger(api.db, { probes: [purchasesCredited] })).toEqual({ ok: true, faults: [] });
});
