/**
 * Buying with money, in three steps that whoever takes the money calls inside its own transactions: ordered (pending), then completed
 * or failed. Each may be told any number of times.
 */
import { CodedError, type QuotaCurrency, type QuotaPackId } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import type { RaisedEvent } from '../../platform/events.ts';
import { hashOf, packOf, writeOnce } from './purchase-row.ts';
import { monthFor } from './quota-month.ts';
import { addSql, openSql } from './quota.sql.ts';

type Needs = Pick<Deps, 'env' | 'clock'>;

/** @returns the price. @throws QUOTA_LIMIT_REACHED, REQUEST_REUSED */
export async function orderQuota(
  tx: Tx, { env, clock }: Needs, order: { purchaseId: string; userId: string; packId: QuotaPackId; method: string; mayExceed?: boolean },
): Promise<{ amount: number; currency: QuotaCurrency }> {
  const pack = packOf(order.packId);
  const now = clock.now();
  const month = monthFor(env, order.userId, now);
  const { allocated } = await openSql(tx, month);
  if (!order.mayExceed && Number(allocated) + pack.textTokens > env.QUOTA_MAX) {
    throw new CodedError('QUOTA_LIMIT_REACHED', { allocated: Number(allocated), wanted: pack.textTokens, max: env.QUOTA_MAX });
  }
  await writeOnce(tx, {
    id: order.purchaseId, userId: order.userId, month: new Date(month.month), kind: 'purchase', status: 'pending', packId: pack.id, textTokens: pack.textTokens,
    method: order.method, amount: pack.krw, currency: 'KRW', requestHash: hashOf(order.method, pack.id), createdAt: now,
  });
  return { amount: pack.krw, currency: 'KRW' };
}

export interface QuotaPayment { purchaseId: string; transactionId: string; amount: number; currency: QuotaCurrency }

/**
 * What was ordered is paid: it counts from now, in the month that it is now, and beyond the most if others came first, since the
 * money has been taken. @returns the event to raise last; none when it was completed before. @throws PAYMENT_FAILED when the amount
 * is another, CONFLICT when the order had failed
 */
export async function completeQuotaOrder(tx: Tx, { env, clock }: Needs, paid: QuotaPayment): Promise<RaisedEvent[]> {
  const [row] = await tx.$queryRaw<{ userId: string; status: string; amount: string | null; currency: string | null; textTokens: bigint; transactionId: string | null }[]>`
    SELECT user_id AS "userId", status, amount::text, currency, text_tokens AS "textTokens", transaction_id AS "transactionId" FROM quota_purchases WHERE id = ${paid.purchaseId}::uuid FOR UPDATE`;
  if (!row) throw new CodedError('NOT_FOUND');
  if (row.status === 'completed' && row.transactionId === paid.transactionId) return [];
  if (row.status !== 'pending') throw new CodedError('CONFLICT');
  if (Number(row.amount) !== paid.amount || row.currency !== paid.currency) throw new CodedError('PAYMENT_FAILED', { expected: Number(row.amount), paid: paid.amount });
  const now = clock.now();
  const month = monthFor(env, row.userId, now);
  await addSql(tx, { ...month, textTokens: Number(row.textTokens), bought: true, max: null });
  await tx.quotaPurchase.update({ where: { id: paid.purchaseId }, data: { status: 'completed', transactionId: paid.transactionId, month: new Date(month.month), processedAt: now } });
  return [{ userId: row.userId, event: { type: 'balance' } }];
}

/** The payment came to nothing. An order that was completed or had failed stays as it is. */
export async function failQuotaOrder(tx: Tx, { clock }: Needs, failed: { purchaseId: string; reason: string }): Promise<void> {
  await tx.quotaPurchase.updateMany({ where: { id: failed.purchaseId, status: 'pending' }, data: { status: 'failed', reason: failed.reason.slice(0, 500), processedAt: clock.now() } });
}
