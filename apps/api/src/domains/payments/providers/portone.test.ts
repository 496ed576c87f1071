/**
 * The adapter against a local server that follows PortOne's documents (sources: testing/portone-server.ts; webhooks:
 * developers.portone.io/opi/ko/integration/webhook/readme-v2, which follow Standard Webhooks; the signature is checked by
 * PortOne's own SDK, and made here by hand from that description). With a real account it was not tried.
 */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPortOneServer, type PortOneServer } from '../testing/portone-server.ts';
import { ProviderRefused, ProviderUnavailable, WebhookRefused, type PaymentProvider } from './payment-provider.ts';
import { createPortOneProvider } from './portone.ts';

const SECRET = randomBytes(32);
const SETTINGS = { storeId: 'store-1', channelKey: 'channel-key-1', apiSecret: 'api secret', webhookSecret: `whsec_${SECRET.toString('base64')}` };
let server: PortOneServer;
let portone: PaymentProvider;
beforeAll(async () => {
  server = await startPortOneServer(SETTINGS);
  portone = createPortOneProvider({ ...SETTINGS, apiUrl: server.url });
});
afterAll(async () => await server[Symbol.asyncDispose]());
const ref = (attemptId: string) => ({ attemptId, paymentKey: `tx-${attemptId}` });

describe('PortOne', () => {
  it('gives the page what its SDK needs, and no secret', async () => {
    const checkout = await portone.prepare({ attemptId: 'a', orderName: 'Style License 토큰 500개', amount: 45_000, currency: 'KRW', userId: 'u', locale: 'ko', returnUrl: 'https://x.example/r' });
    expect(checkout).toEqual({ provider: 'portone', attemptId: 'a', storeId: 'store-1', channelKey: 'channel-key-1', orderName: 'Style License 토큰 500개', amount: 45_000, currency: 'KRW', redirectUrl: 'https://x.example/r' });
  });

  it.each([
    ['READY', 'ready'], ['PAY_PENDING', 'pending'], ['VIRTUAL_ACCOUNT_ISSUED', 'pending'], ['PAID', 'paid'], ['FAILED', 'failed'], ['SOMETHING_NEW', 'pending'],
  ])('%s is %s, by whatever the page says', async (status, expected) => {
    const attemptId = randomUUID();
    server.pay({ paymentId: attemptId, amount: 45_000, status });
    expect((await portone.confirm({ ...ref(attemptId), amount: 45_000 })).status).toBe(expected);
  });

  it('reads amount, currency, method and what went back; nothing about the person', async () => {
    const attemptId = randomUUID();
    server.pay({ paymentId: attemptId, amount: 45_000, status: 'PARTIAL_CANCELLED', cancelled: 5_000, currency: 'USD' });
    const told = await portone.read(ref(attemptId));
    expect(told).toMatchObject({ status: 'paid', attemptId, paymentKey: `tx-${attemptId}`, amount: 45_000, currency: 'USD', refunded: 5_000, method: 'easy_pay' });
    expect(JSON.stringify(told)).not.toContain('buyer@example');
    expect((await portone.read(ref(randomUUID()))).status).toBe('unknown');
    const failed = randomUUID();
    server.pay({ paymentId: failed, amount: 45_000, status: 'FAILED', failure: { reason: '잔액 부족', pgCode: 'PG_1234', pgMessage: '잔액이 부족합니다.' } });
    expect(await portone.read(ref(failed))).toMatchObject({ status: 'failed', code: 'PG_1234', message: '잔액이 부족합니다.' });
  });

  it('does not know what nobody told it', async () => {
    const attemptId = randomUUID();
    server.failNext(502, '<html>Bad Gateway</html>');
    await expect(portone.read(ref(attemptId))).rejects.toThrow(ProviderUnavailable);
    server.failNext(200, '{"status":"PAID"}');
    await expect(portone.read(ref(attemptId))).rejects.toThrow(ProviderUnavailable);
    await expect(createPortOneProvider({ ...SETTINGS, apiSecret: 'wrong', apiUrl: server.url }).read(ref(attemptId))).rejects.toThrow(/UNAUTHORIZED/);
    await expect(createPortOneProvider({ ...SETTINGS, apiUrl: 'http://127.0.0.1:9' }).read(ref(attemptId))).rejects.toThrow(ProviderUnavailable);
  });

  it('gives back what is left, and says how much it thinks that is, so that two cannot give twice', async () => {
    const attemptId = randomUUID();
    server.pay({ paymentId: attemptId, amount: 45_000, cancelled: 5_000, status: 'PARTIAL_CANCELLED' });
    expect(await portone.refund({ ...ref(attemptId), reason: 'asked for', idempotencyKey: 'k' })).toMatchObject({ status: 'paid', refunded: 45_000 });
    expect(server.requests.find(({ path }) => path === `/payments/${attemptId}/cancel`)?.body).toMatchObject({ storeId: 'store-1', reason: 'asked for', currentCancellableAmount: 40_000 });
    expect(await portone.refund({ ...ref(attemptId), reason: 'asked for', idempotencyKey: 'k' })).toMatchObject({ refunded: 45_000 });
    expect(server.requests.filter(({ path }) => path === `/payments/${attemptId}/cancel`)).toHaveLength(1);
    const waiting = randomUUID();
    server.pay({ paymentId: waiting, amount: 45_000, status: 'VIRTUAL_ACCOUNT_ISSUED' });
    await expect(portone.refund({ ...ref(waiting), reason: 'x y z', idempotencyKey: 'k' })).rejects.toThrow(ProviderRefused);
  });

  describe('webhooks', () => {
    const now = new Date();
    const sign = (body: string, { id = 'msg_1', at = now, secret = SECRET } = {}) => {
      const timestamp = String(Math.floor(at.getTime() / 1_000));
      return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}` };
    };
    const parse = (body: string, headers: Record<string, string>) => portone.parseWebhook({ headers, body, now });
    const paid = (paymentId: string, storeId = 'store-1') => JSON.stringify({ type: 'Transaction.Paid', timestamp: '2026-11-20T05:02:19Z', data: { paymentId, storeId, transactionId: 't' } });

    it('signed ones name a payment', async () => {
      const attemptId = randomUUID();
      expect(await parse(paid(attemptId), sign(paid(attemptId)))).toEqual({ attemptId });
      for (const body of [paid('not-ours'), paid(attemptId, 'another store'), JSON.stringify({ type: 'BillingKey.Ready', timestamp: 'x', data: {} })]) expect(await parse(body, sign(body))).toBeNull();
    });

    it('others are refused: no signature, another key, another body, another time', async () => {
      const body = paid(randomUUID());
      await expect(parse(body, {})).rejects.toThrow(WebhookRefused);
      await expect(parse(body, sign(body, { secret: randomBytes(32) }))).rejects.toThrow(WebhookRefused);
      await expect(parse(`${body} `, sign(body))).rejects.toThrow(WebhookRefused);
      await expect(parse(body, sign(body, { at: new Date(now.getTime() - 600_000) }))).rejects.toThrow(/TIMESTAMP_TOO_OLD/);
      await expect(parse(body, sign(body, { at: new Date(now.getTime() + 600_000) }))).rejects.toThrow(/TIMESTAMP_TOO_NEW/);
    });
  });
});
