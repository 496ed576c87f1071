/**
 * The adapter against a local server that follows Toss Payments' documents (sources: testing/toss-server.ts; webhooks:
 * docs.tosspayments.com/reference/using-api/webhook-events: PAYMENT_STATUS_CHANGED carries the payment in `data`,
 * DEPOSIT_CALLBACK has orderId at the top; neither is signed). With a real account it was not tried.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTossServer, type TossServer } from '../testing/toss-server.ts';
import { ProviderRefused, ProviderUnavailable, type PaymentProvider } from './payment-provider.ts';
import { createTossProvider } from './toss.ts';

const SETTINGS = { clientKey: 'test_gck_client', secretKey: 'test_gsk_secret', variantKey: 'DEFAULT', agreementKey: 'AGREEMENT' };
let server: TossServer;
let toss: PaymentProvider;
beforeAll(async () => {
  server = await startTossServer(SETTINGS);
  toss = createTossProvider({ ...SETTINGS, apiUrl: server.url });
});
afterAll(async () => await server[Symbol.asyncDispose]());
const agreed = (amount = 45_000) => {
  const attemptId = randomUUID();
  const paymentKey = `tviva${attemptId.slice(0, 8)}`;
  server.agree({ paymentKey, orderId: attemptId, amount });
  return { attemptId, paymentKey, amount };
};

describe('Toss Payments', () => {
  it('gives the page what the widget needs, and no secret', async () => {
    const ask = (userId: string) => toss.prepare({ attemptId: randomUUID(), orderName: 'Style License, 500 tokens', amount: 45_000, currency: 'KRW', userId, locale: 'en', returnUrl: 'https://x.example/r' });
    const [one, again, other] = [await ask('u1'), await ask('u1'), await ask('u2')];
    expect(one).toMatchObject({ provider: 'toss', clientKey: 'test_gck_client', amount: 45_000, successUrl: 'https://x.example/r', failUrl: 'https://x.example/r' });
    expect(JSON.stringify(one)).not.toContain('test_gsk');
    expect(one.provider === 'toss' && again.provider === 'toss' && other.provider === 'toss' && [one.customerKey === again.customerKey, one.customerKey === other.customerKey, /^[0-9a-f]{40}$/.test(one.customerKey)]).toEqual([true, false, true]);
  });

  it('confirms with order and amount, under one idempotency key, and keeps nothing about the person', async () => {
    const payment = agreed();
    expect(await toss.read({ attemptId: payment.attemptId, paymentKey: null })).toMatchObject({ status: 'authorised', paymentKey: payment.paymentKey, amount: 45_000 });
    const told = await toss.confirm(payment);
    expect(told).toMatchObject({ status: 'paid', attemptId: payment.attemptId, paymentKey: payment.paymentKey, amount: 45_000, currency: 'KRW', refunded: 0, method: 'card' });
    expect(JSON.stringify(told)).not.toMatch(/buyer@example|12345678/);
    expect(server.requests.at(-1)).toMatchObject({ method: 'POST', path: '/v1/payments/confirm', body: { paymentKey: payment.paymentKey, orderId: payment.attemptId, amount: 45_000 }, idempotencyKey: `confirm-${payment.paymentKey}` });
    expect(await toss.confirm(payment)).toEqual(told);
  });

  it('an answer that is lost is not a payment lost: the same key again gives the first answer', async () => {
    const payment = agreed();
    server.loseNextAnswer();
    await expect(toss.confirm(payment)).rejects.toThrow(ProviderUnavailable);
    expect(server.payments.get(payment.paymentKey)?.status).toBe('DONE');
    expect(await toss.confirm(payment)).toMatchObject({ status: 'paid' });
  });

  it('another amount or order is refused there; what was confirmed elsewhere is read', async () => {
    const payment = agreed();
    expect(await toss.confirm({ ...payment, amount: 100 })).toMatchObject({ status: 'failed', code: 'INVALID_REQUEST' });
    const done = agreed();
    server.payments.get(done.paymentKey)!.status = 'DONE';
    expect(await toss.confirm(done)).toMatchObject({ status: 'paid' });
    expect(await toss.confirm({ attemptId: randomUUID(), paymentKey: 'gone', amount: 1 })).toMatchObject({ status: 'failed', code: 'NOT_FOUND_PAYMENT_SESSION' });
  });

  it('tells a refusal of the card from not knowing', async () => {
    const payment = agreed();
    server.failNext(403, 'REJECT_CARD_PAYMENT', '한도초과 혹은 잔액부족으로 결제에 실패했습니다.');
    expect(await toss.confirm(payment)).toMatchObject({ status: 'failed', code: 'REJECT_CARD_PAYMENT', message: '한도초과 혹은 잔액부족으로 결제에 실패했습니다.' });
    for (const [status, code] of [[500, 'FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING'], [409, 'IDEMPOTENT_REQUEST_PROCESSING'], [429, 'TOO_MANY_REQUESTS'], [401, 'UNAUTHORIZED_KEY'], [403, 'FORBIDDEN_REQUEST']] as const) {
      server.failNext(status, code);
      await expect(toss.confirm({ ...payment, paymentKey: `${payment.paymentKey}-${code}` })).rejects.toThrow(ProviderUnavailable);
    }
    const wrong = createTossProvider({ ...SETTINGS, secretKey: 'another', apiUrl: server.url });
    await expect(wrong.read(payment)).rejects.toThrow(/UNAUTHORIZED_KEY/);
    const nowhere = createTossProvider({ ...SETTINGS, apiUrl: 'http://127.0.0.1:9' });
    await expect(nowhere.read(payment)).rejects.toThrow(ProviderUnavailable);
  });

  it.each([
    ['READY', 'ready'], ['IN_PROGRESS', 'authorised'], ['WAITING_FOR_DEPOSIT', 'pending'], ['DONE', 'paid'], ['ABORTED', 'failed'], ['EXPIRED', 'failed'], ['SOMETHING_NEW', 'pending'],
  ])('%s is %s', async (status, expected) => {
    const payment = agreed();
    server.payments.get(payment.paymentKey)!.status = status;
    expect((await toss.read(payment)).status).toBe(expected);
    expect((await toss.read({ attemptId: randomUUID(), paymentKey: null })).status).toBe('unknown');
  });

  it('reads what went back, in part or whole, and gives back what is left, once', async () => {
    const payment = agreed();
    await toss.confirm(payment);
    Object.assign(server.payments.get(payment.paymentKey)!, { status: 'PARTIAL_CANCELED', balanceAmount: 30_000 });
    expect(await toss.read(payment)).toMatchObject({ status: 'paid', refunded: 15_000 });
    const key = randomUUID();
    expect(await toss.refund({ ...payment, reason: 'asked for', idempotencyKey: key })).toMatchObject({ status: 'paid', refunded: 45_000 });
    expect(server.requests.at(-1)).toMatchObject({ path: `/v1/payments/${payment.paymentKey}/cancel`, body: { cancelReason: 'asked for' }, idempotencyKey: key });
    // Another worker, another key: it is gone already.
    expect(await toss.refund({ ...payment, reason: 'asked for', idempotencyKey: randomUUID() })).toMatchObject({ refunded: 45_000 });
    const open = agreed();
    await expect(toss.refund({ ...open, reason: 'x y z', idempotencyKey: randomUUID() })).rejects.toThrow(ProviderRefused);
  });

  it('takes of a webhook only which payment it is about', async () => {
    const orderId = randomUUID();
    const parse = (body: unknown) => toss.parseWebhook({ headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body), now: new Date() });
    expect(await parse({ eventType: 'PAYMENT_STATUS_CHANGED', createdAt: '2026-11-20T00:00:00.000', data: { paymentKey: 'k', status: 'DONE', orderId } })).toEqual({ attemptId: orderId });
    expect(await parse({ createdAt: '2026-11-20T00:00:00.000', secret: 's', status: 'DONE', transactionKey: 't', orderId })).toEqual({ attemptId: orderId });
    for (const body of ['', '{', '[]', 'null', { data: { orderId: 'not ours' } }, { data: 7 }]) expect(await parse(body)).toBeNull();
  });
});
