/** What an order gives for its money, and what goes when the money goes back: tokens, or AI text for a month. */
import { createHash } from 'node:crypto';
import type { QuotaCurrency } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { purchase, takeBack } from '../ledger/index.ts';
import { completeQuotaOrder, failQuotaOrder, refundQuotaOrder } from '../quota/index.ts';
import type { LockedOrder } from './payments.sql.ts';
import { PROVIDER_TITLES } from './provider-titles.ts';

type Needs = Pick<Deps, 'env' | 'clock'>;
interface PaidBy { id: string; provider: string }

const hashOf = (...parts: (string | number | bigint)[]): string => createHash('sha256').update(parts.join(' ')).digest('hex');

/** Gives what was bought, once for ever: scope and key in the ledger, the purchase's row in the quota. */
export async function giveBought(tx: Tx, deps: Needs, order: LockedOrder, by: PaidBy): Promise<void> {
  if (order.text_tokens > 0n) {
    await completeQuotaOrder(tx, deps, { purchaseId: order.id, transactionId: `${by.provider} ${by.id}`, method: by.provider, amount: Number(order.amount), currency: order.currency as QuotaCurrency });
    return;
  }
  await purchase(tx, {
    userId: order.user_id, tokens: Number(order.tokens), memo: memoOf(order.amount, order.currency, by.provider), scope: 'payment', key: order.id,
    requestHash: hashOf('payment', order.id, order.user_id, order.tokens, order.amount, order.currency),
  });
}

export interface Taken { tokens: number; owed: number; textTokens: number }

/** `refunded` is all that went back so far; the order says what of it was reckoned with before. */
export async function takeBought(tx: Tx, deps: Needs, order: LockedOrder, by: PaidBy, refunded: bigint): Promise<Taken> {
  const isWhole = refunded >= order.amount;
  // In proportion, rounded up to a whole token: half the money never leaves more than half of what was bought.
  const shareOf = (bought: bigint, money: bigint): bigint => (money >= order.amount ? bought : (bought * money + order.amount - 1n) / order.amount);
  if (order.text_tokens > 0n) {
    const due = shareOf(order.text_tokens, refunded) - shareOf(order.text_tokens, order.refunded_amount);
    const textTokens = await refundQuotaOrder(tx, deps, { purchaseId: order.id, textTokens: Number(due), amount: Number(refunded), isWhole, reason: '' });
    return { tokens: 0, owed: 0, textTokens };
  }
  const due = shareOf(order.tokens, refunded);
  const tokens = Number(due - order.taken_tokens - order.owed_tokens);
  if (tokens <= 0) return { tokens: 0, owed: 0, textTokens: 0 };
  const { taken, owed } = await takeBack(tx, {
    userId: order.user_id, tokens, fund: 'bought', owe: true, memo: memoOf(refunded, order.currency, by.provider),
    scope: 'payment_refund', key: `${order.id}:${refunded}`, requestHash: hashOf('payment_refund', order.id, refunded, due),
  });
  return { tokens: taken, owed, textTokens: 0 };
}

/** The order is no longer waited for; another attempt may still pay it. */
export async function giveUpOrder(tx: Tx, deps: Needs, order: LockedOrder, reason: string): Promise<void> {
  if (order.text_tokens > 0n) await failQuotaOrder(tx, deps, { purchaseId: order.id, reason });
}

function memoOf(amount: bigint, currency: string, provider: string): string {
  const money = new Intl.NumberFormat('en', { style: 'currency', currency }).format(Number(amount));
  return `${money}, ${PROVIDER_TITLES[provider] ?? provider}`;
}
