import { CodedError, type QuotaPackId } from '@style-license/shared';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { spend } from '../ledger/index.ts';
import { hashOf, packOf, writeOnce } from './purchase-row.ts';
import { monthFor } from './quota-month.ts';
import { addSql } from './quota.sql.ts';

/** The ledger's name for what is spent on AI text; the key is the purchase. */
export const SPENDING_SCOPE = 'quota_purchase';

export interface QuotaBuyer { userId: string; /** Administrators may go beyond the most that a month can have. */ mayExceed: boolean }

/**
 * Buys a pack with tokens; it works at once. The same id with the same pack again changes nothing.
 * @throws INSUFFICIENT_TOKENS with figures, QUOTA_LIMIT_REACHED with figures, REQUEST_REUSED
 */
export async function buyQuota(deps: Deps, buyer: QuotaBuyer, request: { purchaseId: string; packId: QuotaPackId }): Promise<void> {
  const { db, env, clock } = deps;
  const pack = packOf(request.packId);
  await transaction(db, async (tx) => {
    const now = clock.now();
    const month = monthFor(env, buyer.userId, now);
    const requestHash = hashOf(buyer.userId, 'tokens', pack.id);
    // Wallet first, then the month (lock order); two of the same wait for each other at the wallet.
    const spent = await spend(tx, { userId: buyer.userId, tokens: pack.tokens, memo: pack.id, scope: SPENDING_SCOPE, key: request.purchaseId, requestHash });
    if (spent.stored) return;
    const row = await addSql(tx, { ...month, textTokens: pack.textTokens, bought: true, max: buyer.mayExceed ? null : env.QUOTA_MAX });
    if (!row.ok) throw new CodedError('QUOTA_LIMIT_REACHED', { allocated: Number(row.allocated), wanted: pack.textTokens, max: env.QUOTA_MAX });
    const { isNew } = await writeOnce(tx, {
      id: request.purchaseId, userId: buyer.userId, month: new Date(month.month), kind: 'purchase', status: 'completed', packId: pack.id, textTokens: pack.textTokens,
      method: 'tokens', amount: pack.tokens, transactionId: `tokens:${spent.postingId}`, requestHash, createdAt: now, processedAt: now,
    });
    // Paid now, and yet the id is taken: it belongs to a purchase with money.
    if (!isNew) throw new CodedError('REQUEST_REUSED');
    await raiseEvents(tx, [{ userId: buyer.userId, event: { type: 'balance' } }]);
  });
}
