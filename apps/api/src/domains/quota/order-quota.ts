/**
 * Buying with money, in steps that whoever takes the money calls inside its own transactions: ordered (pending), then completed or
 * failed, and refunded. Each may be told any number of times; the purchase's row, locked, decides.
 */
import { CodedError, type QuotaCurrency, type QuotaPackId } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { hashOf, packOf, writeOnce } from './purchase-row.ts';
import { monthFor } from './quota-month.ts';
import { addSql, openSql } from './quota.sql.ts';

type Needs = Pick<Deps, 'env' | 'clock'>;

export interface QuotaOrder { purchaseId: string; userId: string; packId: QuotaPackId; method: string; mayExceed?: boolean }

/**
 * Notes that a pack is about to be paid; one whose payment had failed is being paid again. @returns the price.
 * @throws QUOTA_LIMIT_REACHED, REQUEST_REUSED
 */
export async function orderQuota(tx: Tx, { env, clock }: Needs, order: QuotaOrder): Promise<{ amount: number; currency: QuotaCurrency }> {
  const pack = packOf(order.packId);
  const now = clock.now();
  const month = monthFor(env, order.userId, now);
  // The month's row, locked: a purchase belongs to one, and none can fill up meanwhile.
  const { allocated } = await openSql(tx, month);
  const { row, isNew } = await writeOnce(tx, {
    id: order.purchaseId, userId: order.userId, month: new Date(month.month), kind: 'purchase', status: 'pending', packId: pack.id, textTokens: pack.textTokens,
    method: order.method, amount: pack.krw, currency: 'KRW', requestHash: hashOf('money', pack.id), createdAt: now,
  });
  const isOpen = row.status === 'pending' || row.status === 'failed';
  if (isOpen && !order.mayExceed && Number(allocated) + pack.textTokens > env.QUOTA_MAX) {
    throw new CodedError('QUOTA_LIMIT_REACHED', { allocated: Number(allocated), wanted: pack.textTokens, max: env.QUOTA_MAX });
  }
  if (isOpen && !isNew) await tx.quotaPurchase.update({ where: { id: row.id }, data: { status: 'pending', method: order.method, reason: '', processedAt: null } });
  return { amount: pack.krw, currency: 'KRW' };
}

export interface QuotaPayment { purchaseId: string; transactionId: string; method: string; amount: number; currency: QuotaCurrency }

interface LockedPurchase { userId: string; month: string; status: string; method: string; packId: string | null; amount: string; currency: string; textTokens: bigint; transactionId: string | null }
/** The purchase by its key, locked until the transaction ends. */
async function lockPurchaseSql(tx: Tx, purchaseId: string): Promise<LockedPurchase> {
  const [row] = await tx.$queryRaw<LockedPurchase[]>`
    SELECT user_id AS "userId", month::text, status, method, pack_id AS "packId", amount::text, currency, text_tokens AS "textTokens", transaction_id AS "transactionId"
    FROM quota_purchases WHERE id = ${purchaseId}::uuid AND kind = 'purchase' FOR UPDATE`;
  if (!row) throw new CodedError('NOT_FOUND');
  return row;
}

/**
 * What was ordered is paid: it counts from now, in the month that it is now, and beyond the most if others came first, since the
 * money has been taken; also when the payment had been given up before. @returns whether it was added now.
 * @throws PAYMENT_FAILED when the amount is another, CONFLICT when another payment completed it
 */
export async function completeQuotaOrder(tx: Tx, { env, clock }: Needs, paid: QuotaPayment): Promise<boolean> {
  const row = await lockPurchaseSql(tx, paid.purchaseId);
  if (row.status === 'completed' || row.status === 'refunded') {
    if (row.transactionId !== paid.transactionId) throw new CodedError('CONFLICT');
    return false;
  }
  if (Number(row.amount) !== paid.amount || row.currency !== paid.currency) throw new CodedError('PAYMENT_FAILED', { expected: Number(row.amount), paid: paid.amount });
  const now = clock.now();
  const month = monthFor(env, row.userId, now);
  await addSql(tx, { ...month, textTokens: Number(row.textTokens), bought: true, max: null });
  await tx.quotaPurchase.update({
    where: { id: paid.purchaseId }, data: { status: 'completed', transactionId: paid.transactionId, method: paid.method, reason: '', month: new Date(month.month), processedAt: now },
  });
  return true;
}

/** The payment came to nothing. An order that was completed or had failed stays as it is. */
export async function failQuotaOrder(tx: Tx, { clock }: Pick<Deps, 'clock'>, failed: { purchaseId: string; reason: string }): Promise<void> {
  await tx.quotaPurchase.updateMany({ where: { id: failed.purchaseId, status: 'pending' }, data: { status: 'failed', reason: failed.reason.slice(0, 500), processedAt: clock.now() } });
}

/** `textTokens` is what this part of the money stood for, `amount` all the money that went back so far. */
export interface QuotaMoneyBack { purchaseId: string; textTokens: number; amount: number; isWhole: boolean; reason: string }

/**
 * Money went back. What of it is neither used nor set aside leaves the month it was added to; the rest was used and stays used: there is
 * no debt in AI text. One refund stands beside the purchase, and grows with what else goes back. @returns the text tokens taken now
 */
export async function refundQuotaOrder(tx: Tx, { clock }: Pick<Deps, 'clock'>, back: QuotaMoneyBack): Promise<number> {
  const row = await lockPurchaseSql(tx, back.purchaseId);
  const [answer] = await tx.$queryRaw<{ taken: bigint }[]>`SELECT quota_take_back(${row.userId}::uuid, ${row.month}::date, ${back.textTokens}::bigint) AS taken`;
  const taken = Number(answer!.taken);
  const now = clock.now();
  await tx.quotaPurchase.upsert({
    where: { refundOfId: back.purchaseId },
    create: {
      id: crypto.randomUUID(), userId: row.userId, month: new Date(row.month), kind: 'refund', status: 'completed', packId: row.packId, textTokens: taken, method: row.method, amount: back.amount,
      currency: row.currency, transactionId: `${row.transactionId} refund`, reason: back.reason, refundOfId: back.purchaseId, requestHash: hashOf('money back', back.purchaseId), createdAt: now, processedAt: now,
    },
    update: { textTokens: { increment: taken }, amount: back.amount, processedAt: now },
  });
  if (back.isWhole) await tx.quotaPurchase.update({ where: { id: back.purchaseId }, data: { status: 'refunded' } });
  return taken;
}
