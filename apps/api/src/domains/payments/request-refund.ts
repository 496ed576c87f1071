import { CodedError } from '@style-license/shared';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { recordAct } from '../../platform/record-act.ts';
import { addRefundSql, lockOrderSql } from './payments.sql.ts';

export interface RequestRefund { orderId: string; reason: string; requestedBy: string }

/**
 * Notes that an order's money goes back; a worker asks the provider (R22). Tokens are taken when the provider has done it, so that
 * a refused refund takes nothing. Asked twice, it is one. @throws NOT_FOUND, PAYMENT_NOT_REFUNDABLE
 */
export async function requestRefund({ db, clock, log }: Pick<Deps, 'db' | 'clock' | 'log'>, request: RequestRefund): Promise<void> {
  await transaction(db, async (tx) => {
    const order = await lockOrderSql(tx, request.orderId);
    if (!order) throw new CodedError('NOT_FOUND');
    if (order.state !== 'paid' || order.paid_attempt_id === null) throw new CodedError('PAYMENT_NOT_REFUNDABLE');
    const amount = order.amount - order.refunded_amount;
    const isNew = await addRefundSql(tx, { ...request, attemptId: order.paid_attempt_id, amount, now: clock.now() });
    if (isNew) await recordAct(tx, { actorId: request.requestedBy, act: 'refund_payment', subject: { kind: 'payment', id: order.id }, reason: request.reason, details: { amount: Number(amount), ...(order.text_tokens > 0n ? { textTokens: Number(order.text_tokens) } : { tokens: Number(order.tokens) }) } });
  });
  log.info({ orderId: request.orderId, requestedBy: request.requestedBy }, 'refund requested');
}
