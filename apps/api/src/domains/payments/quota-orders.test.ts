/** AI text bought with money: the same provider port, orders, webhooks, schedule and refunds as tokens. */
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { ModelFailure, type LanguageModel } from '../../platform/language-model/index.ts';
import { refusal, useTestApi, type Person } from '../../testing/api.ts';
import { checkLedger } from '../ledger/index.ts';
import { askWithinQuota } from '../quota/index.ts';
import { applyPayment } from './apply-payment.ts';
import { beginAttempt } from './begin-attempt.ts';
import { createOrder } from './create-order.ts';
import { providersFrom } from './providers/open-providers.ts';
import { ProviderRefused } from './providers/payment-provider.ts';
import { purchasesCredited } from './purchases-credited.ts';
import { chargeBackSandboxPayment } from './sandbox/sandbox-bank.ts';
import { createSandboxProvider } from './sandbox/sandbox-provider.ts';
import { begin, decide, tend } from './testing/payment-world.ts';

// A language model is set, so that AI text is sold; it is not asked over the network here.
const api = useTestApi({ env: { LLM_BASE_URL: 'http://127.0.0.1:9/v1', LLM_MODEL: 'nobody' } });
const MONTHLY = 10_000;
beforeEach(async () => {
  await api.db.sandboxWebhook.updateMany({ data: { dueAt: null } });
  await api.db.paymentAttempt.updateMany({ data: { checkAt: null } });
});
const quota = async (person: Person) => await person.api.quota.current.query();
const listed = async (person: Person) => (await person.api.quota.purchases.query({})).items;
const booksAgree = async () => expect(await checkLedger(api.db, { probes: [purchasesCredited] })).toEqual({ ok: true, faults: [] });
async function use(person: Person, textTokens: number): Promise<void> {
  const model: LanguageModel = { name: 'model of the test', timeoutMs: 5_000, ask: () => Promise.resolve({ text: 'yes', tokens: textTokens }) };
  await askWithinQuota(api.deps, model, { userId: person.id, feature: 'prompt_assistant' }, { messages: [{ role: 'user', content: '' }], maxOutputTokens: textTokens }, (text) => text);
}

describe('an order of AI text', () => {
  test('is at the server’s price and pending in the list of purchases once it is being paid', async () => {
    const person = await api.person();
    const orderId = randomUUID();
    const order = await person.api.payments.createOrder.mutate({ orderId, packageId: 'text_20k' });
    expect(order).toMatchObject({ product: 'quota', tokens: 0, textTokens: 20_000, amount: 1_800, supply: 1_636, vat: 164, currency: 'KRW', state: 'pending' });
    expect(await refusal(person.api.payments.createOrder.mutate({ orderId, packageId: 'text_10k' }))).toMatchObject({ code: 'REQUEST_REUSED' });
    expect(await listed(person)).toEqual([]);
    await begin(person, 'text_20k', orderId);
    expect(await listed(person)).toMatchObject([{ id: orderId, kind: 'purchase', status: 'pending', packId: 'text_20k', textTokens: 20_000, method: 'sandbox', amount: 1_800, currency: 'KRW' }]);
    expect((await person.api.payments.offer.query()).quotaPacks).toContainEqual({ id: 'text_20k', textTokens: 20_000, tokens: 18, amount: 1_800, currency: 'KRW' });
  });

  test('paid: added once, however many tell of it at once; the tokens stay as they were', async () => {
    const person = await api.person();
    const begun = await begin(person, 'text_40k');
    expect(await decide(person, begun, 'paid')).toMatchObject({ state: 'paid', product: 'quota', textTokens: 40_000 });
    const again = () => person.api.payments.finishAttempt.mutate({ attemptId: begun.attemptId, paymentKey: begun.paymentId });
    const told = await createSandboxProvider(api.deps).read({ attemptId: begun.attemptId, paymentKey: null });
    const apply = () => applyPayment(api.deps, { attemptId: begun.attemptId, told });
    await Promise.all([again(), apply(), apply(), tend(api, 1_000), again(), apply()]);
    expect(await quota(person)).toMatchObject({ allocated: MONTHLY + 40_000, purchased: 40_000, used: 0 });
    expect(await person.api.tokens.balance.query()).toMatchObject({ available: 100 });
    expect((await person.api.tokens.history.query({ filter: 'purchase' })).items.map(({ kind }) => kind)).toEqual(['welcome_bonus']);
    expect(await listed(person)).toMatchObject([{ status: 'completed', transactionId: `sandbox ${begun.attemptId}` }]);
    expect((await api.db.notification.findMany({ where: { userId: person.id, kind: 'payment' } })).map(({ payload }) => payload)).toEqual([
      { orderId: begun.orderId, state: 'paid', product: 'quota', tokens: 0, textTokens: 40_000, amount: 3_200, currency: 'KRW' },
    ]);
    await booksAgree();
  });

  test('told late, twice, in the wrong order, or by the schedule alone: added once', async () => {
    const person = await api.person();
    for (const outcome of ['webhook_late', 'webhook_doubled', 'webhook_disordered'] as const) await decide(person, await begin(person, 'text_10k'), outcome);
    const silent = await begin(person, 'text_10k');
    await decide(person, silent, 'paid_no_return');
    await api.db.sandboxWebhook.updateMany({ where: { paymentId: silent.paymentId }, data: { dueAt: null } });
    for (let i = 0; i < 4; i++) await tend(api, 9_000);
    expect(await quota(person)).toMatchObject({ allocated: MONTHLY + 40_000, purchased: 40_000 });
    expect((await listed(person)).map(({ status }) => status)).toEqual(['completed', 'completed', 'completed', 'completed']);
    await booksAgree();
  });

  test('declined, then paid on the same order; given up, and added all the same when the money comes', async () => {
    const person = await api.person();
    const first = await begin(person, 'text_10k');
    await decide(person, first, 'declined');
    expect(await listed(person)).toMatchObject([{ status: 'failed', reason: 'CARD_DECLINED' }]);
    const second = await begin(person, 'text_10k', first.orderId);
    expect(await listed(person)).toMatchObject([{ status: 'pending', reason: '' }]);
    await decide(person, second, 'paid');
    expect(await quota(person)).toMatchObject({ allocated: MONTHLY + 10_000 });
    const late = await begin(person, 'text_10k');
    for (const minutes of [1, 10, 30, 25]) await tend(api, minutes * 60_000);
    expect((await listed(person))[0]).toMatchObject({ status: 'failed', reason: 'EXPIRED' });
    await decide(person, late, 'paid_no_return');
    await tend(api, 1_000);
    expect(await quota(person)).toMatchObject({ allocated: MONTHLY + 20_000, purchased: 20_000 });
    await booksAgree();
  });

  test('a month holds so much and no more; administrators may go beyond', async () => {
    const [person, admin] = [await api.person(), await api.person({ admin: true })];
    for (const packageId of ['text_40k', 'text_40k', 'text_10k'] as const) await decide(person, await begin(person, packageId), 'paid');
    const orderId = randomUUID();
    await person.api.payments.createOrder.mutate({ orderId, packageId: 'text_10k' });
    expect(await refusal(person.api.payments.beginAttempt.mutate({ orderId, locale: 'en' }))).toEqual({ code: 'QUOTA_LIMIT_REACHED', details: { allocated: 100_000, wanted: 10_000, max: 100_000 } });
    for (let i = 0; i < 3; i++) await decide(admin, await begin(admin, 'text_40k'), 'paid');
    expect(await quota(admin)).toMatchObject({ allocated: MONTHLY + 120_000 });
  });

  test('is not sold where no language model is set, for money or for tokens', async () => {
    const person = await api.person();
    const request = { userId: person.id, orderId: randomUUID(), packageId: 'text_10k' as const };
    expect(await refusal(createOrder({ ...api.deps, languageModel: null }, request))).toMatchObject({ code: 'QUOTA_NOT_SOLD' });
    expect(await createOrder({ ...api.deps, languageModel: null }, { ...request, packageId: 'basic_100' })).toMatchObject({ tokens: 100 });
  });

  test('a pack that was paid and not added is a fault that the ledger check finds', async () => {
    const person = await api.person();
    const { orderId, attemptId } = await begin(person, 'text_10k');
    const set = async (state: string, paid: boolean) =>
      await api.db.paymentOrder.update({ where: { id: orderId }, data: { state, paidAt: paid ? new Date() : null, paidAttemptId: paid ? attemptId : null } });
    await set('paid', true);
    expect((await checkLedger(api.db, { probes: [purchasesCredited] })).faults).toEqual([{ fault: 'quota_not_credited', subject: orderId, expected: 10_000, actual: 0 }]);
    await set('cancelled', false);
    await booksAgree();
  });
});

describe('money that goes back', () => {
  test('takes what is not used; what is used stays used, and there is no debt', async () => {
    const [person, admin] = [await api.person(), await api.person({ admin: true })];
    const begun = await begin(person, 'text_20k');
    await decide(person, begun, 'paid');
    await use(person, 25_000);
    await admin.api.payments.refund.mutate({ orderId: begun.orderId, reason: 'asked for by mail' });
    for (let i = 0; i < 3; i++) await tend(api, 1_000);
    expect(await quota(person)).toMatchObject({ allocated: 25_000, used: 25_000, remaining: 0, purchased: 15_000, state: 'exceeded' });
    expect(await person.api.payments.get.query({ orderId: begun.orderId })).toMatchObject({ state: 'refunded', refundedAmount: 1_800, takenTextTokens: 5_000, takenTokens: 0, owedTokens: 0 });
    expect(await person.api.payments.offer.query()).toMatchObject({ owed: 0 });
    expect((await listed(person)).map(({ kind, status, textTokens, amount }) => [kind, status, textTokens, amount])).toEqual([['refund', 'completed', 5_000, 1_800], ['purchase', 'refunded', 20_000, 1_800]]);
    expect(await api.db.adminAct.findMany({ where: { act: 'refund_payment', subjectId: begun.orderId } })).toMatchObject([{ details: { amount: 1_800, textTokens: 20_000 } }]);
    await booksAgree();
  });

  test('in parts, by a chargeback told again and again: each part once, in proportion', async () => {
    const person = await api.person();
    const begun = await begin(person, 'text_40k');
    await decide(person, begun, 'paid');
    for (const [amount, left] of [[800, 30_000], [800, 20_000], [1_600, 0]] as const) {
      await chargeBackSandboxPayment(api.deps, begun.attemptId, amount);
      await Promise.all([tend(api, 1_000), tend(api, 1_000)]);
      await tend(api, 1_000);
      expect(await quota(person)).toMatchObject({ allocated: MONTHLY + left, purchased: left });
    }
    expect(await person.api.payments.get.query({ orderId: begun.orderId })).toMatchObject({ state: 'refunded', takenTextTokens: 40_000 });
    expect((await listed(person)).map(({ kind, status, textTokens, amount }) => [kind, status, textTokens, amount])).toEqual([['refund', 'completed', 40_000, 3_200], ['purchase', 'refunded', 40_000, 3_200]]);
    await booksAgree();
  });

  test('does not touch what a call under way has set aside', async () => {
    const person = await api.person();
    const begun = await begin(person, 'text_10k');
    await decide(person, begun, 'paid');
    const slow: LanguageModel = {
      name: 'model of the test', timeoutMs: 5_000,
      async ask() {
        await chargeBackSandboxPayment(api.deps, begun.attemptId, 1_000);
        await tend(api, 1_000);
        throw new ModelFailure('timeout');
      },
    };
    await expect(askWithinQuota(api.deps, slow, { userId: person.id, feature: 'prompt_assistant' }, { messages: [{ role: 'user', content: '' }], maxOutputTokens: 14_000 }, (text) => text)).rejects.toThrow('timeout');
    const { allocated, reserved, purchased } = await quota(person);
    expect(reserved).toBe(0);
    // 14,000 and the words asked were set aside of 20,000: not all of the pack could go.
    expect(allocated).toBeGreaterThan(14_000);
    expect(purchased).toBe(allocated - MONTHLY);
    await booksAgree();
  });
});

test('a provider that will not take the payment says so, and its code is kept on the attempt', async () => {
  const person = await api.person();
  const refusing = { ...createSandboxProvider(api.deps), prepare: () => Promise.reject(new ProviderRefused('EXCEED_MAX_AMOUNT', 'over the limit of the contract')) };
  const orderId = randomUUID();
  await person.api.payments.createOrder.mutate({ orderId, packageId: 'text_10k' });
  expect(await refusal(beginAttempt(api.deps, providersFrom({ sandbox: refusing }, 'sandbox'), { userId: person.id, orderId, locale: 'en' }))).toEqual({ code: 'PAYMENT_FAILED', details: { code: 'EXCEED_MAX_AMOUNT' } });
  expect(await person.api.payments.get.query({ orderId })).toMatchObject({ state: 'failed', reason: 'EXCEED_MAX_AMOUNT', attempts: [{ state: 'failed', code: 'EXCEED_MAX_AMOUNT', message: 'over the limit of the contract' }] });
  expect(await listed(person)).toMatchObject([{ status: 'failed' }]);
});
