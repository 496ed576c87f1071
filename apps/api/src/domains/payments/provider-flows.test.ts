/** Orders paid at Toss Payments and PortOne as far as our side goes: the same machinery over the adapters and local servers after their documents. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useTestApi } from '../../testing/api.ts';
import { checkLedger } from '../ledger/index.ts';
import { makePerson } from '../ledger/testing/ledger-world.ts';
import { beginAttempt } from './begin-attempt.ts';
import { checkAttempts } from './check-attempts.ts';
import { createOrder } from './create-order.ts';
import { finishAttempt } from './finish-attempt.ts';
import { providersFrom, type Providers } from './providers/open-providers.ts';
import { createPortOneProvider } from './providers/portone.ts';
import { createTossProvider } from './providers/toss.ts';
import { hintSql } from './payments.sql.ts';
import { purchasesCredited } from './purchases-credited.ts';
import { requestRefund } from './request-refund.ts';
import { sendRefunds } from './send-refunds.ts';
import { startPortOneServer, type PortOneServer } from './testing/portone-server.ts';
import { startTossServer, type TossServer } from './testing/toss-server.ts';

const api = useTestApi();
let tossServer: TossServer;
let portoneServer: PortOneServer;
let toss: Providers;
let portone: Providers;
beforeAll(async () => {
  tossServer = await startTossServer({ secretKey: 'sk' });
  portoneServer = await startPortOneServer({ apiSecret: 's', storeId: 'store' });
  const open = {
    toss: createTossProvider({ clientKey: 'ck', secretKey: 'sk', variantKey: 'DEFAULT', agreementKey: 'AGREEMENT', apiUrl: tossServer.url }),
    portone: createPortOneProvider({ storeId: 'store', channelKey: 'channel', apiSecret: 's', webhookSecret: 'whsec_c2VjcmV0', apiUrl: portoneServer.url }),
  };
  toss = providersFrom(open, 'toss');
  portone = providersFrom(open, 'portone');
});
afterAll(async () => {
  await tossServer[Symbol.asyncDispose]();
  await portoneServer[Symbol.asyncDispose]();
});

async function begin(providers: Providers) {
  const userId = await makePerson(api.db);
  const orderId = randomUUID();
  await createOrder(api.deps, { userId, orderId, packageId: 'standard_500' });
  const { checkout } = await beginAttempt(api.deps, providers, { userId, orderId, locale: 'ko' });
  return { userId, orderId, attemptId: checkout!.attemptId };
}
const bought = async (userId: string) => Number((await api.db.wallet.findUniqueOrThrow({ where: { userId } })).bought);
const stateOf = async (orderId: string) => (await api.db.paymentOrder.findUniqueOrThrow({ where: { id: orderId } })).state;

test('Toss Payments: refused, then agreed with another card and confirmed by us, then refunded', async () => {
  const order = await begin(toss);
  tossServer.agree({ paymentKey: 'k1', orderId: order.attemptId, amount: 45_000 });
  tossServer.failNext(403, 'REJECT_CARD_PAYMENT', '한도초과');
  expect(await finishAttempt(api.deps, toss, { ...order, paymentKey: 'k1', failureCode: null })).toMatchObject({ state: 'failed', attempts: [{ code: 'REJECT_CARD_PAYMENT', message: '한도초과' }] });
  const { checkout } = await beginAttempt(api.deps, toss, { ...order, locale: 'en' });
  const attemptId = checkout!.attemptId;
  expect(attemptId).not.toBe(order.attemptId);
  tossServer.agree({ paymentKey: 'k2', orderId: attemptId, amount: 45_000 });
  expect(await finishAttempt(api.deps, toss, { ...order, attemptId, paymentKey: 'k2', failureCode: null })).toMatchObject({ state: 'paid', provider: 'toss', method: 'card' });
  expect(await bought(order.userId)).toBe(500);
  await requestRefund(api.deps, { orderId: order.orderId, reason: 'asked for', requestedBy: order.userId });
  // The provider is away at first: the outbox tries again.
  tossServer.failNext(500, 'FAILED_INTERNAL_SYSTEM_PROCESSING');
  expect(await sendRefunds(api.deps, toss)).toBe(0);
  api.clock.advance(10_000);
  expect(await sendRefunds(api.deps, toss)).toBe(1);
  expect([await stateOf(order.orderId), await bought(order.userId), tossServer.payments.get('k2')?.status]).toEqual(['refunded', 0, 'CANCELED']);
});

test('Toss Payments: an answer that is lost, or a buyer who agreed and never came back, ends well by the schedule', async () => {
  const [lost, gone] = [await begin(toss), await begin(toss)];
  tossServer.agree({ paymentKey: 'k3', orderId: lost.attemptId, amount: 45_000 });
  tossServer.loseNextAnswer();
  expect(await finishAttempt(api.deps, toss, { ...lost, paymentKey: 'k3', failureCode: null })).toMatchObject({ state: 'pending', waiting: true });
  tossServer.agree({ paymentKey: 'k4', orderId: gone.attemptId, amount: 45_000 });
  api.clock.advance(20_000);
  await checkAttempts(api.deps, toss);
  expect([await stateOf(lost.orderId), await stateOf(gone.orderId)]).toEqual(['paid', 'paid']);
  expect(tossServer.payments.get('k4')?.status).toBe('DONE');
  // Agreed to another sum than the order's: never confirmed.
  const cheap = await begin(toss);
  tossServer.agree({ paymentKey: 'k5', orderId: cheap.attemptId, amount: 100 });
  api.clock.advance(20_000);
  await checkAttempts(api.deps, toss);
  expect([await stateOf(cheap.orderId), tossServer.payments.get('k5')?.status, await bought(cheap.userId)]).toEqual(['pending', 'IN_PROGRESS', 0]);
  // Somebody else's payment key on this order is refused by Toss, and ends nobody else's purchase.
  expect(await finishAttempt(api.deps, toss, { ...cheap, paymentKey: 'k4', failureCode: null })).toMatchObject({ state: 'pending' });
  expect(await bought(cheap.userId)).toBe(0);
});

test('PortOne: a virtual account is waited for, paid by webhook, charged back in the console', async () => {
  const order = await begin(portone);
  const row = portoneServer.pay({ paymentId: order.attemptId, amount: 45_000, status: 'VIRTUAL_ACCOUNT_ISSUED' });
  expect(await finishAttempt(api.deps, portone, { ...order, paymentKey: null, failureCode: null })).toMatchObject({ state: 'pending', waiting: true, attempts: [{ state: 'pending' }] });
  row.status = 'PAID';
  const hinted = () => hintSql(api.db, order.attemptId, 'portone', api.clock.now());
  expect([await hinted(), await hintSql(api.db, order.attemptId, 'toss', api.clock.now())]).toEqual([true, false]);
  await checkAttempts(api.deps, portone);
  expect([await stateOf(order.orderId), await bought(order.userId)]).toEqual(['paid', 500]);
  Object.assign(row, { status: 'CANCELLED', amount: { ...row.amount, cancelled: 45_000 } });
  await hinted();
  await checkAttempts(api.deps, portone);
  expect([await stateOf(order.orderId), await bought(order.userId)]).toEqual(['refunded', 0]);
  expect(await checkLedger(api.db, { probes: [purchasesCredited] })).toEqual({ ok: true, faults: [] });
});
