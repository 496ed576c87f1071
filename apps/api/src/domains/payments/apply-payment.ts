/**
 * What a provider says of a payment becomes true here, in one transaction, whoever asked it and why: the buyer coming back, a
 * webhook, the schedule, a refund. Everything is decided by what stands in the order's locked row, so telling the same again,
 * late, or in another order changes nothing.
 */
import { isLiveAttempt, type PaymentAttemptState } from '@style-license/shared';
import type { Prisma } from '@style-license/db';
import { addNotification } from '../../platform/add-notification.ts';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents, type RaisedEvent } from '../../platform/events.ts';
import { ABANDONED_MS, nextOpenCheck, nextPaidCheck } from './check-times.ts';
import { giveBought, giveUpOrder, takeBought } from './fulfil-order.ts';
import { addRefundSql, lockOrderSql, scheduleCheckSql, type LockedOrder } from './payments.sql.ts';
import type { ProviderPayment } from './providers/payment-provider.ts';

type ApplyDeps = Pick<Deps, 'db' | 'env' | 'clock' | 'log' | 'metrics'>;
interface Attempt { id: string; orderId: string; provider: string; state: string; startedAt: Date; endedAt: Date | null }
interface Telling { tx: Tx; deps: ApplyDeps; order: LockedOrder; attempt: Attempt; told: ProviderPayment; now: Date; events: RaisedEvent[] }

export interface ApplyPayment {
  attemptId: string;
  told: ProviderPayment;
  /** The lease under which the provider was asked (see scheduleCheckSql). */
  leasedUntil?: Date | null;
  /** Written in the same transaction. */
  also?: (tx: Tx) => Promise<void>;
}

export async function applyPayment(deps: ApplyDeps, { attemptId, told, leasedUntil = null, also }: ApplyPayment): Promise<void> {
  const now = deps.clock.now();
  await transaction(deps.db, async (tx) => {
    const found = await tx.paymentAttempt.findUniqueOrThrow({ where: { id: attemptId }, select: { orderId: true } });
    const order = (await lockOrderSql(tx, found.orderId))!;
    const attempt = await tx.paymentAttempt.findUniqueOrThrow({ where: { id: attemptId } });
    const telling: Telling = { tx, deps, order, attempt, told, now, events: [] };
    const next = told.attemptId === attemptId ? await apply(telling) : refuseForeign(telling);
    await scheduleCheckSql(tx, attemptId, next, leasedUntil, now);
    await also?.(tx);
    await raiseEvents(tx, telling.events);
  });
}

/** Gives when to ask again. */
async function apply(telling: Telling): Promise<Date | null> {
  const { attempt, told, now } = telling;
  switch (told.status) {
    case 'paid':
      return await applyPaid(telling);
    case 'failed':
    case 'cancelled':
      return await applyUnpaid(telling, told.status, told.code);
    case 'pending':
    case 'authorised':
      await keep(telling, isLiveAttempt(attempt.state as PaymentAttemptState) ? { state: 'pending' } : {});
      return nextOpenCheck(attempt.startedAt, now);
    case 'ready':
    case 'unknown':
      if (attempt.state === 'started' && now.getTime() - attempt.startedAt.getTime() > ABANDONED_MS) return await applyUnpaid(telling, 'cancelled', 'EXPIRED');
      return isPaidFor(attempt) ? null : nextOpenCheck(attempt.startedAt, now);
  }
}

const isPaidFor = ({ state }: Attempt): boolean => state === 'paid' || state === 'refunded';

function refuseForeign({ deps, attempt, told, now }: Telling): Date | null {
  deps.log.error({ attemptId: attempt.id, saidAttemptId: told.attemptId, provider: attempt.provider }, 'the provider answered for another payment');
  return nextOpenCheck(attempt.startedAt, now);
}

/** Notes what the provider said. */
async function keep({ tx, attempt, told }: Telling, change: Prisma.PaymentAttemptUpdateInput): Promise<void> {
  await tx.paymentAttempt.update({
    where: { id: attempt.id },
    data: { ...(told.paymentKey === null ? {} : { paymentKey: told.paymentKey }), ...(told.method === null ? {} : { method: told.method }), refundedAmount: told.refunded, providerData: told.data, ...change },
  });
}

async function applyPaid(telling: Telling): Promise<Date | null> {
  const { deps, order, attempt, told, now } = telling;
  const isWhole = told.refunded >= told.amount;
  const wasPaid = isPaidFor(attempt);
  const isRight = BigInt(told.amount) === order.amount && told.currency === order.currency;
  const line = { orderId: order.id, attemptId: attempt.id, provider: attempt.provider, amount: told.amount, currency: told.currency, refunded: told.refunded };
  if (!isRight) {
    // Someone paid another sum than was asked: nothing is credited, and it goes back.
    deps.log.error({ ...line, expected: Number(order.amount), expectedCurrency: order.currency }, 'payment of another amount');
    await keep(telling, { state: isWhole ? 'refunded' : 'failed', code: 'AMOUNT_MISMATCH', endedAt: attempt.endedAt ?? now });
    if (!isWhole) await giveBack(telling, 'amount_mismatch');
    await settleUnpaidOrder(telling, 'failed', 'AMOUNT_MISMATCH');
    return isWhole ? null : nextPaidCheck(attempt.startedAt, now);
  }
  await keep(telling, { state: isWhole ? 'refunded' : 'paid', code: null, message: null, endedAt: attempt.endedAt ?? now });
  if (order.paid_attempt_id !== null && order.paid_attempt_id !== attempt.id) {
    // The order was paid before, by another attempt: the second money goes back.
    if (!isWhole) await giveBack(telling, 'duplicate');
    if (!wasPaid) deps.log.warn(line, 'order paid twice');
    return isWhole ? null : nextPaidCheck(attempt.endedAt ?? now, now);
  }
  if (order.paid_attempt_id === null) {
    if (isWhole) {
      // Taken and given back before we heard of either.
      await settleUnpaidOrder(telling, 'cancelled', 'REFUNDED');
      return null;
    }
    await credit(telling);
    deps.log.info({ ...line, userId: order.user_id, tokens: Number(order.tokens), textTokens: Number(order.text_tokens) }, 'payment paid');
  }
  if (BigInt(told.refunded) > order.refunded_amount) await takeForRefund(telling);
  return isWhole ? null : nextPaidCheck(order.paid_at ?? now, now);
}

async function credit(telling: Telling): Promise<void> {
  const { tx, deps, order, attempt, now } = telling;
  await giveBought(tx, deps, order, attempt);
  await tx.paymentOrder.update({ where: { id: order.id }, data: { state: 'paid', reason: null, paidAt: now, paidAttemptId: attempt.id } });
  deps.metrics.paymentOutcomes.inc({ provider: attempt.provider, outcome: 'paid' });
  await tell(telling, 'paid', { tokens: Number(order.tokens), textTokens: Number(order.text_tokens) }, Number(order.amount));
}

/** Money went back, asked for by us or not: what it bought goes, as far as it is still there. */
async function takeForRefund(telling: Telling): Promise<void> {
  const { tx, deps, order, attempt, told, now } = telling;
  const refunded = BigInt(told.refunded);
  const isWhole = refunded >= order.amount;
  const taken = await takeBought(tx, deps, order, attempt, refunded);
  await tx.paymentOrder.update({
    where: { id: order.id },
    data: {
      refundedAmount: refunded, takenTokens: { increment: taken.tokens }, owedTokens: { increment: taken.owed }, takenTextTokens: { increment: taken.textTokens }, refundedAt: now,
      ...(isWhole ? { state: 'refunded' } : {}),
    },
  });
  deps.log.info({ orderId: order.id, attemptId: attempt.id, userId: order.user_id, refunded: told.refunded, taken: taken.tokens, owed: taken.owed, takenTextTokens: taken.textTokens }, 'payment refunded');
  deps.metrics.paymentOutcomes.inc({ provider: attempt.provider, outcome: 'refunded' });
  await tell(telling, `refunded:${refunded}`, { tokens: taken.tokens + taken.owed, textTokens: taken.textTokens }, told.refunded);
}

async function tell({ tx, order, now, events }: Telling, what: string, moved: { tokens: number; textTokens: number }, amount: number): Promise<void> {
  events.push({ userId: order.user_id, event: { type: 'balance' } });
  const payload = { orderId: order.id, state: what.split(':')[0]!, product: order.text_tokens > 0n ? 'quota' : 'tokens', ...moved, amount, currency: order.currency };
  events.push(...(await addNotification(tx, { userId: order.user_id, kind: 'payment', key: `${what} ${order.id}`, payload, createdAt: now })));
}

async function giveBack({ tx, order, attempt, told, now }: Telling, reason: string): Promise<void> {
  await addRefundSql(tx, { orderId: order.id, attemptId: attempt.id, amount: BigInt(told.amount - told.refunded), reason, requestedBy: null, now });
}

async function applyUnpaid(telling: Telling, state: 'failed' | 'cancelled', code: string | null): Promise<Date | null> {
  const { deps, order, attempt, told, now } = telling;
  if (isPaidFor(attempt)) {
    deps.log.error({ orderId: order.id, attemptId: attempt.id, said: told.status, code }, 'the provider takes back that a payment was made');
    return null;
  }
  const isNew = isLiveAttempt(attempt.state as PaymentAttemptState);
  await keep(telling, { state, code: code ?? 'UNKNOWN', message: told.message?.slice(0, 300) ?? null, endedAt: attempt.endedAt ?? now });
  await settleUnpaidOrder(telling, state, code ?? 'UNKNOWN');
  if (isNew) {
    deps.log.info({ orderId: order.id, attemptId: attempt.id, provider: attempt.provider, state, code }, 'payment not made');
    deps.metrics.paymentOutcomes.inc({ provider: attempt.provider, outcome: state });
  }
  // A buyer who turned back may still pay in another window: asked after until the schedule ends. What the provider ended is over.
  return told.status === 'failed' ? null : nextOpenCheck(attempt.startedAt, now);
}

/** The order is no longer waited for, unless another of its attempts still is. */
async function settleUnpaidOrder({ tx, deps, order, attempt, events }: Telling, state: 'failed' | 'cancelled', reason: string): Promise<void> {
  if (order.state !== 'pending') return;
  const live = await tx.paymentAttempt.count({ where: { orderId: order.id, id: { not: attempt.id }, state: { in: ['started', 'pending'] } } });
  if (live > 0) return;
  await tx.paymentOrder.update({ where: { id: order.id }, data: { state, reason } });
  await giveUpOrder(tx, deps, order, reason);
  events.push({ userId: order.user_id, event: { type: 'balance' } });
}
