import { CodedError, TOKEN_PACKAGES, type PackageId, type PaymentDto } from '@style-license/shared';
import type { Deps } from '../../platform/deps.ts';
import { ownPayment } from './payments.queries.ts';

/**
 * Writes an order at the package's price of now. The page makes the id: the same order again is the same answer.
 * @throws REQUEST_REUSED when the id stands for another package; NOT_FOUND when it is somebody else's
 */
export async function createOrder({ db, clock }: Pick<Deps, 'db' | 'clock'>, request: { userId: string; orderId: string; packageId: PackageId }): Promise<PaymentDto> {
  const { orderId, userId, packageId } = request;
  const { tokens, amount, currency } = TOKEN_PACKAGES[packageId];
  await db.paymentOrder.createMany({ data: [{ id: orderId, userId, packageId, tokens, amount, currency, createdAt: clock.now() }], skipDuplicates: true });
  const payment = await ownPayment(db, userId, orderId);
  if (payment.packageId !== packageId) throw new CodedError('REQUEST_REUSED');
  return payment;
}
