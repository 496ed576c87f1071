import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { transaction } from '../../platform/database.ts';
import { refusal, useTestApi, type Person } from '../../testing/api.ts';
import { checkLedger, hold, owed } from '../ledger/index.ts';
import { writeJob } from '../ledger/testing/ledger-world.ts';
import { applyPayment } from './apply-payment.ts';
import { purchasesCredited } from './purchases-credited.ts';
import { createSandboxProvider } from './sandbox/sandbox-provider.ts';
import { chargeBackSandboxPayment, decideSandboxPayment, openSandboxPayment } from './sandbox/sandbox-bank.ts';
import { sandboxSecret, signMessage } from './sandbox/signature.ts';
import { begin, decide, tend } from './testing/payment-world.ts';

const api = useTestApi();
const HOUR_MS = 3_600_000;
const available = async (person: Person) => (await person.api.tokens.balance.query()).available;
const notices = async (person: Person) => (await api.db.notification.findMany({ where: { userId: person.id, kind: 'payment' }, orderBy: { createdAt: 'asc' } })).map(({ payload }) => payload);
// What an earlier test left to be asked after is not this one's.
beforeEach(async () => {
  await api.db.sandboxWebhook.updateMany({ data: { dueAt: null } });
  await api.db.paymentAttempt.updateMany({ data: { checkAt: null } });
});
const ledgerIsRight = async () => expect(await checkLedger(api.db, { probes: [purchasesCredited] })).toEqual({ ok: true, faults: [] });

describe('an order', () => {
  test('is at the server’s price, once per id, and nobody else’s', async () => {
    const [person, other] = [await api.person(), await api.person()];
    const orderId = randomUUID();
    const orders = await Promise.all(Array.from({ length: 5 }, () => person.api.payments.createOrder.mutate({ orderId, packageId: 'standard_500' })));
    expect(new Set(orders.map((order) => JSON.stringify(order))).size).toBe(1);
    expect(orders[0]).toMatchObject({ tokens: 500, amount: 45_000, currency: 'KRW', supply: 40_909, vat: 4_091, state: 'pending', waiting: false, attempts: [] });
    expect(await refusal(person.api.payments.createOrder.mutate({ orderId, packageId: 'basic_100' }))).toMatchObject({ code: 'REQUEST_REUSED' });
    expect(await refusal(other.api.payments.createOrder.mutate({ orderId, packageId: 'standard_500' }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(other.api.payments.get.query({ orderId }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(other.api.payments.beginAttempt.mutate({ orderId, locale: 'en' }))).toMatchObject({ code: 'NOT_FOUND' });
    const { attemptId } = await begin(person, 'standard_500', orderId);
    expect(await refusal(other.api.payments.finishAttempt.mutate({ attemptId }))).toMatchObject({ code: 'NOT_FOUND' });
    // Clicked twice, it is one attempt.
    expect((await begin(person, 'standard_500', orderId)).attemptId).toBe(attemptId);
    expect(await refusal(person.api.payments.all.query({}))).toMatchObject({ code: 'ADMIN_ONLY' });
  });

  test('an order is not in the history before somebody tries to pay it; pages have no gap', async () => {
    const person = await api.person();
    await person.api.payments.createOrder.mutate({ orderId: randomUUID(), packageId: 'basic_100' });
    expect(await person.api.payments.history.query({})).toEqual({ items: [], nextCursor: null, hasMore: false });
    const made = [];
    for (let i = 0; i < 3; i++) made.unshift((await begin(person)).orderId);
    const first = await person.api.payments.history.query({ limit: 2 });
    const second = await person.api.payments.history.query({ limit: 2, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ orderId }) => orderId)).toEqual(made);
    expect([first.hasMore, second.hasMore]).toEqual([true, false]);
  });
});

describe('in the sandbox', () => {
  test('paid: tokens once, however many tell of it at once', async () => {
    const person = await api.person();
    const begun = await begin(person);
    expect(await decide(person, begun, 'paid')).toMatchObject({ state: 'paid', provider: 'sandbox', method: 'sandbox', waiting: false });
    const again = () => person.api.payments.finishAttempt.mutate({ attemptId: begun.attemptId, paymentKey: begun.paymentId });
    const told = await createSandboxProvider(api.deps).read({ attemptId: begun.attemptId, paymentKey: null });
    const apply = () => applyPayment(api.deps, { attemptId: begun.attemptId, told });
    await Promise.all([again(), apply(), apply(), tend(api, 1_000), again(), apply()]);
    expect(await available(person)).toBe(600);
    expect(await notices(person)).toEqual([{ orderId: begun.orderId, state: 'paid', product: 'tokens', tokens: 500, textTokens: 0, amount: 45_000, currency: 'KRW' }]);
    const { items } = await person.api.tokens.history.query({ filter: 'purchase' });
    expect(items[0]).toMatchObject({ kind: 'purchase', tokens: 500, memo: '₩45,000, Sandbox' });
    expect((await person.api.payments.beginAttempt.mutate({ orderId: begun.orderId, locale: 'en' })).checkout).toBeNull();
    await ledgerIsRight();
  });

  test('a paid order without its tokens is a fault that the ledger check finds', async () => {
    const person = await api.person();
    const { orderId, attemptId } = await begin(person, 'basic_100');
    await api.db.paymentOrder.update({ where: { id: orderId }, data: { state: 'paid', paidAt: new Date(), paidAttemptId: attemptId } });
    expect((await checkLedger(api.db, { probes: [purchasesCredited] })).faults).toEqual([{ fault: 'purchase_not_credited', subject: orderId, expected: 100, actual: 0 }]);
    await api.db.paymentOrder.update({ where: { id: orderId }, data: { state: 'cancelled', paidAt: null, paidAttemptId: null } });
    await ledgerIsRight();
  });

  test('declined, then turned back, then paid on the same order: each attempt is kept with its code', async () => {
    const person = await api.person();
    const first = await begin(person, 'basic_100');
    expect(await decide(person, first, 'declined')).toMatchObject({ state: 'failed', reason: 'CARD_DECLINED', waiting: false });
    const second = await begin(person, 'basic_100', first.orderId);
    expect(second.attemptId).not.toBe(first.attemptId);
    expect(await decide(person, second, 'cancelled')).toMatchObject({ state: 'cancelled', reason: 'USER_CANCEL' });
    const third = await begin(person, 'basic_100', first.orderId);
    const paid = await decide(person, third, 'paid');
    expect(paid).toMatchObject({ state: 'paid', reason: null });
    expect(paid?.attempts.map(({ state, code }) => [state, code])).toEqual([['paid', null], ['cancelled', 'USER_CANCEL'], ['failed', 'CARD_DECLINED']]);
    expect(await available(person)).toBe(200);
  });

  test('paid, but the browser never returns: the webhook tells; without webhooks the schedule asks', async () => {
    const [person, other] = [await api.person(), await api.person()];
    const begun = await begin(person);
    expect(await decide(person, begun, 'paid_no_return')).toBeNull();
    expect(await person.api.payments.get.query({ orderId: begun.orderId })).toMatchObject({ state: 'pending', waiting: true });
    expect(await tend(api, 1_000)).toMatchObject({ webhooks: 1, checked: 1 });
    expect(await person.api.payments.get.query({ orderId: begun.orderId })).toMatchObject({ state: 'paid' });
    const silent = await begin(other);
    await decide(other, silent, 'paid_no_return');
    await api.db.sandboxWebhook.updateMany({ where: { paymentId: silent.paymentId }, data: { dueAt: null } });
    await tend(api, 1_000);
    expect(await available(other)).toBe(100);
    await tend(api, 20_000);
    expect(await available(other)).toBe(600);
  });

  test('late, doubled and out of order: pending until it is paid, and credited once', async () => {
    const person = await api.person();
    const late = await begin(person, 'basic_100');
    expect(await decide(person, late, 'webhook_late')).toMatchObject({ state: 'pending', waiting: true });
    await tend(api, 1_000);
    expect(await available(person)).toBe(100);
    await tend(api, 8_000);
    expect(await available(person)).toBe(200);
    const doubled = await begin(person, 'basic_100');
    await decide(person, doubled, 'webhook_doubled');
    expect((await tend(api, 1_000)).webhooks).toBe(2);
    const disordered = await begin(person, 'basic_100');
    await decide(person, disordered, 'webhook_disordered');
    expect((await tend(api, 1_000)).webhooks).toBe(1);
    expect((await tend(api, 3_000)).webhooks).toBe(1);
    expect(await person.api.payments.get.query({ orderId: disordered.orderId })).toMatchObject({ state: 'paid' });
    expect(await available(person)).toBe(400);
    await ledgerIsRight();
  });

  test('nobody comes back and nobody pays: given up after an hour, and still credited should the money come', async () => {
    const person = await api.person();
    const begun = await begin(person);
    for (const minutes of [1, 10, 30, 25]) await tend(api, minutes * 60_000);
    expect(await person.api.payments.get.query({ orderId: begun.orderId })).toMatchObject({ state: 'cancelled', reason: 'EXPIRED', waiting: false });
    await decide(person, begun, 'paid_no_return');
    await tend(api, 1_000);
    expect(await person.api.payments.get.query({ orderId: begun.orderId })).toMatchObject({ state: 'paid' });
  });

  test('two windows pay one order: credited once, and the second money goes back', async () => {
    const person = await api.person();
    const first = await begin(person);
    api.clock.advance(16 * 60_000);
    const second = await begin(person, 'standard_500', first.orderId);
    await decide(person, first, 'paid');
    await decide(person, second, 'paid');
    for (let i = 0; i < 3; i++) await tend(api, 1_000);
    expect(await available(person)).toBe(600);
    const books = await api.db.sandboxPayment.findMany({ where: { merchantId: { in: [first.attemptId, second.attemptId] } }, orderBy: { createdAt: 'asc' } });
    expect(books.map(({ cancelledAmount }) => Number(cancelledAmount))).toEqual([0, 45_000]);
    expect(await person.api.payments.get.query({ orderId: first.orderId })).toMatchObject({ state: 'paid', refundedAmount: 0, refunding: false });
    await ledgerIsRight();
  });

  test('another amount than asked credits nothing and goes back', async () => {
    const person = await api.person();
    const orderId = randomUUID();
    await person.api.payments.createOrder.mutate({ orderId, packageId: 'premium_1000' });
    const attempt = await api.db.paymentAttempt.create({ data: { orderId, provider: 'sandbox', checkAt: api.clock.now() } });
    // A checkout that somebody made say 100 won.
    const paymentId = await openSandboxPayment(api.deps, { merchantId: attempt.id, orderName: 'x', amount: 100, currency: 'KRW', returnUrl: 'http://localhost:3000/' });
    await decideSandboxPayment(api.deps, paymentId, 'paid');
    expect(await person.api.payments.finishAttempt.mutate({ attemptId: attempt.id, paymentKey: paymentId })).toMatchObject({ state: 'failed', reason: 'AMOUNT_MISMATCH' });
    for (let i = 0; i < 3; i++) await tend(api, 1_000);
    expect(await available(person)).toBe(100);
    expect(Number((await api.db.sandboxPayment.findUniqueOrThrow({ where: { id: paymentId } })).cancelledAmount)).toBe(100);
  });
});

describe('money that goes back', () => {
  const buyAndSpend = async (tokens: number) => {
    const person = await api.person();
    const begun = await begin(person, 'standard_500');
    await decide(person, begun, 'paid');
    await transaction(api.db, async (tx) => {
      const job = await writeJob(tx, person.id, [tokens], null);
      await hold(tx, { jobId: job.jobId, userId: person.id, lines: job.lines });
    });
    return { person, begun };
  };

  test('a refund by an administrator: asked once, taken when the provider has done it, the spent part owed and paid by the next purchase', async () => {
    const admin = await api.person({ admin: true });
    const { person, begun } = await buyAndSpend(250); // 100 bonus, 150 bought
    const ask = () => admin.api.payments.refund.mutate({ orderId: begun.orderId, reason: 'asked for by mail' });
    await Promise.all([ask(), ask()]);
    expect(await person.api.payments.get.query({ orderId: begun.orderId })).toMatchObject({ state: 'paid', refunding: true });
    expect(await api.db.paymentRefund.count({ where: { orderId: begun.orderId } })).toBe(1);
    expect(await api.db.adminAct.count({ where: { act: 'refund_payment', subjectId: begun.orderId, actorId: admin.id } })).toBe(1);
    for (let i = 0; i < 3; i++) await tend(api, 1_000);
    expect(await person.api.payments.get.query({ orderId: begun.orderId })).toMatchObject({ state: 'refunded', refundedAmount: 45_000, takenTokens: 350, owedTokens: 150, refunding: false });
    expect(await available(person)).toBe(0);
    expect(await person.api.payments.offer.query()).toMatchObject({ provider: 'sandbox', owed: 150 });
    expect((await refusal(ask())).code).toBe('PAYMENT_NOT_REFUNDABLE');
    expect(await decide(person, await begin(person, 'standard_500'), 'paid')).toMatchObject({ state: 'paid', tokens: 500, repaidTokens: 150 });
    expect((await person.api.payments.history.query({})).items.map(({ repaidTokens }) => repaidTokens)).toEqual([150, 0]);
    expect(await available(person)).toBe(350);
    expect(await owed(api.db, person.id)).toBe(0);
    expect(await notices(person)).toMatchObject([{ state: 'paid' }, { state: 'refunded', tokens: 500, amount: 45_000 }, { state: 'paid' }]);
    // Each line has its receipt, with what became a debt and what paid it beside what was in the wallet.
    const lines = (await person.api.tokens.history.query({ filter: 'purchase', limit: 3 })).items;
    const told = await Promise.all(lines.map(({ id }) => person.api.tokens.movement.query({ entryId: id })));
    expect(told).toMatchObject([
      { kind: 'purchase', bought: 350, repaid: 150, by: 'owner' },
      { kind: 'take_back', bought: -350, owed: 150, by: 'provider', orderId: begun.orderId },
      { kind: 'purchase', bought: 500, repaid: 0, by: 'owner', orderId: begun.orderId },
    ]);
    expect(told.map(({ tokens }) => tokens)).toEqual(lines.map(({ tokens }) => tokens));
    const [listed] = (await admin.api.payments.all.query({ userId: person.id, state: 'refunded' })).items;
    expect(listed).toMatchObject({ orderId: begun.orderId, username: person.username, data: [{ paymentKey: begun.paymentId, provider: { status: 'PAID', cancelled: 45_000 } }], refunds: [{ state: 'done', reason: 'asked for by mail' }] });
    await ledgerIsRight();
  });

  test('a chargeback in two parts takes in proportion, whoever tells of it', async () => {
    const { person, begun } = await buyAndSpend(590); // 10 bought left
    await chargeBackSandboxPayment(api.deps, begun.attemptId, 4_501);
    await tend(api, 1_000);
    // 50.01 tokens' worth: 51.
    expect(await person.api.payments.get.query({ orderId: begun.orderId })).toMatchObject({ state: 'paid', refundedAmount: 4_501, takenTokens: 10, owedTokens: 41 });
    await chargeBackSandboxPayment(api.deps, begun.attemptId, 40_499);
    // Its webhook is lost; the look a day later finds it.
    await api.db.sandboxWebhook.updateMany({ where: { paymentId: begun.paymentId }, data: { dueAt: null } });
    await tend(api, 25 * HOUR_MS);
    expect(await person.api.payments.get.query({ orderId: begun.orderId })).toMatchObject({ state: 'refunded', refundedAmount: 45_000, takenTokens: 10, owedTokens: 490 });
    expect(await owed(api.db, person.id)).toBe(490);
    await ledgerIsRight();
  });

  test('taken and given back before anyone heard of it: neither credited nor owed', async () => {
    const person = await api.person();
    const begun = await begin(person);
    await decide(person, begun, 'paid_no_return');
    await chargeBackSandboxPayment(api.deps, begun.attemptId, 45_000);
    await tend(api, 1_000);
    expect(await person.api.payments.get.query({ orderId: begun.orderId })).toMatchObject({ state: 'cancelled', reason: 'REFUNDED' });
    expect([await available(person), await owed(api.db, person.id)]).toEqual([100, 0]);
  });
});

describe('webhooks', () => {
  const post = (path: string, payload: string, headers: Record<string, string> = {}) =>
    api.app.inject({ method: 'POST', url: `/webhooks/payments/${path}`, headers: { 'content-type': 'application/json', host: 'localhost:3000', ...headers }, payload });

  test('unsigned, wrongly signed, too old or too long ones are refused; what we do not know is answered like what we do', async () => {
    const person = await api.person();
    const { attemptId } = await begin(person);
    const body = JSON.stringify({ type: 'payment.paid', data: { merchantId: attemptId } });
    const secret = sandboxSecret(api.deps.env.STORE_SECRET);
    const now = api.clock.now();
    const signed = (text: string, at = now) => ({ ...signMessage(secret, 'msg_1', at, text) });
    expect((await post('sandbox', body)).statusCode).toBe(400);
    expect((await post('sandbox', body, signed(`${body} `))).statusCode).toBe(400);
    expect((await post('sandbox', body, signed(body, new Date(now.getTime() - 301_000)))).statusCode).toBe(400);
    expect((await post('sandbox', 'x'.repeat(70_000))).statusCode).toBe(413);
    const unknown = JSON.stringify({ type: 'payment.paid', data: { merchantId: randomUUID() } });
    const [known, stranger] = [await post('sandbox', body, signed(body)), await post('sandbox', unknown, signed(unknown))];
    expect([known.statusCode, known.body]).toEqual([200, '']);
    expect([stranger.statusCode, stranger.body]).toEqual([200, '']);
    // Believed or not, nothing was paid.
    await tend(api, 1_000);
    expect(await available(person)).toBe(100);
    // A provider without keys has no address.
    expect((await post('toss', body)).statusCode).toBe(404);
    expect((await post('nobody', body)).statusCode).toBe(404);
  });
});
