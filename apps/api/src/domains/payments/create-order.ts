import { CodedError, QUOTA_PACKS, TOKEN_PACKAGES, type PackageId, type PaymentDto, type QuotaPackId } from '@style-license/shared';
import type { Deps } from '../../platform/deps.ts';
import { requireSold } from '../quota/index.ts';
import { ownPayment } from './payments.queries.ts';

/**
 * Writes an order at the package's price of now. The page makes the id: the same order again is the same answer.
 * @throws REQUEST_REUSED when the id stands for another package; NOT_FOUND when it is somebody else's; QUOTA_NOT_SOLD
 */
export async function createOrder(
  deps: Pick<Deps, 'db' | 'clock' | 'languageModel'>, request: { userId: string; orderId: string; packageId: PackageId | QuotaPackId },
): Promise<PaymentDto> {
  const { db, clock } = deps;
  const { orderId, userId, packageId } = request;
  const bought = boughtBy(packageId);
  if (bought.textTokens > 0) requireSold(deps);
  await db.paymentOrder.createMany({ data: [{ id: orderId, userId, packageId, ...bought, createdAt: clock.now() }], skipDuplicates: true });
  const payment = await ownPayment(db, userId, orderId);
  if (payment.packageId !== packageId) throw new CodedError('REQUEST_REUSED');
  return payment;
}

function boughtBy(id: PackageId | QuotaPackId): { tokens: number; textTokens: number; amount: number; currency: string } {
  const pack = QUOTA_PACKS.find((one) => one.id === id);
  if (pack) return { tokens: 0, textTokens: pack.textTokens, amount: pack.krw, currency: 'KRW' };
  const { tokens, amount, currency } = TOKEN_PACKAGES[id as PackageId];
  return { tokens, textTokens: 0, amount, currency };
}
