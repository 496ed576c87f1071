import { CodedError } from '@style-license/shared';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { recordAct } from '../../platform/record-act.ts';
import { creditNumber, refundSpending } from '../ledger/index.ts';
import { SPENDING_SCOPE } from './buy-quota.ts';
import { hashOf, writeOnce } from './purchase-row.ts';
import { dateText } from './quota-month.ts';
import { takeSql } from './quota.sql.ts';

/**
 * An administrator undoes a purchase that was paid with tokens and is not used: the tokens come back with their bonus/bought split.
 * What was paid with money is refunded where the money was taken. The same id again changes nothing.
 * @throws NOT_FOUND, QUOTA_IN_USE (some of it is used, or set aside for a call), CONFLICT (refunded before), REQUEST_REUSED
 */
export async function refundQuota(deps: Deps, actorId: string, request: { refundId: string; purchaseId: string; reason: string }): Promise<void> {
  const { db, clock } = deps;
  await transaction(db, async (tx) => {
    const now = clock.now();
    const bought = await tx.quotaPurchase.findUnique({ where: { id: request.purchaseId } });
    if (!bought || bought.kind !== 'purchase' || bought.method !== 'tokens') throw new CodedError('NOT_FOUND');
    const requestHash = hashOf('refund', bought.id, request.reason);
    // Wallet first, then the month, as where it was bought.
    const { postingId, returned } = await refundSpending(tx, { userId: bought.userId, memo: bought.packId ?? '', scope: SPENDING_SCOPE, key: bought.id });
    if (returned === 0) {
      const before = await tx.quotaPurchase.findUnique({ where: { refundOfId: bought.id } });
      if (before?.id === request.refundId && before.requestHash === requestHash) return;
      throw new CodedError('CONFLICT');
    }
    if (!(await takeSql(tx, bought.userId, dateText(bought.month), Number(bought.textTokens)))) throw new CodedError('QUOTA_IN_USE');
    await tx.quotaPurchase.update({ where: { id: bought.id }, data: { status: 'refunded' } });
    const { isNew } = await writeOnce(tx, {
      id: request.refundId, userId: bought.userId, month: bought.month, kind: 'refund', status: 'completed', packId: bought.packId, textTokens: bought.textTokens, method: 'tokens',
      amount: bought.amount, transactionId: `tokens:${postingId}`, reason: request.reason, actorId, refundOfId: bought.id, requestHash, createdAt: now, processedAt: now,
    });
    if (!isNew) throw new CodedError('REQUEST_REUSED');
    await recordAct(tx, { actorId, act: 'refund_quota', subject: { kind: 'user', id: bought.userId }, reason: request.reason, details: { textTokens: Number(bought.textTokens), tokens: returned, receipt: creditNumber(postingId) } });
    await raiseEvents(tx, [{ userId: bought.userId, event: { type: 'balance' } }]);
  });
}
