import { canBePaid, CodedError, type CheckoutDto, type Locale, type PaymentDto, type PaymentState, type QuotaPackId } from '@style-license/shared';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { orderQuota } from '../quota/index.ts';
import { applyPayment } from './apply-payment.ts';
import { nextOpenCheck } from './check-times.ts';
import { ownPayment } from './payments.queries.ts';
import { lockOrderSql, type LockedOrder } from './payments.sql.ts';
import { nothingKnown, ProviderRefused, ProviderUnavailable } from './providers/payment-provider.ts';
import type { Providers } from './providers/open-providers.ts';

/** An attempt that nobody went on with is taken up again for so long, instead of leaving a row behind for every click. */
const REUSED_MS = 15 * 60_000;

export interface BeginAttempt { userId: string; orderId: string; locale: Locale; /** Administrators may buy beyond the most AI text that a month can have. */ mayExceed?: boolean }

/**
 * Begins a try to pay an order and says what the page needs to hand the buyer over. An order that is paid already has no checkout.
 * @throws PAYMENTS_OFF, UNAVAILABLE, PAYMENT_FAILED (the provider will not take it; kept on the attempt), QUOTA_LIMIT_REACHED
 */
export async function beginAttempt(deps: Pick<Deps, 'db' | 'clock' | 'env' | 'log' | 'metrics'>, providers: Providers, request: BeginAttempt): Promise<{ payment: PaymentDto; checkout: CheckoutDto | null }> {
  const { db, clock, env } = deps;
  const { userId, orderId, locale } = request;
  const now = clock.now();
  const begun = await transaction(db, async (tx) => {
    const order = await lockOrderSql(tx, orderId);
    if (order?.user_id !== userId) throw new CodedError('NOT_FOUND');
    if (!canBePaid(order.state as PaymentState)) return null;
    const provider = providers.selling();
    if (order.text_tokens > 0n) await orderQuota(tx, deps, { purchaseId: orderId, userId, packId: order.package_id as QuotaPackId, method: provider.name, mayExceed: request.mayExceed ?? false });
    const open = await tx.paymentAttempt.findFirst({
      where: { orderId, provider: provider.name, state: 'started', paymentKey: null, startedAt: { gt: new Date(now.getTime() - REUSED_MS) } }, orderBy: { startedAt: 'desc' }, select: { id: true },
    });
    const attempt = open ?? (await tx.paymentAttempt.create({ data: { orderId, provider: provider.name, startedAt: now, checkAt: nextOpenCheck(now, now) }, select: { id: true } }));
    await tx.paymentOrder.update({ where: { id: orderId }, data: { state: 'pending', reason: null } });
    return { order, attemptId: attempt.id, provider };
  });
  if (!begun) return { payment: await ownPayment(db, userId, orderId), checkout: null };
  const { order, attemptId, provider } = begun;
  try {
    const checkout = await provider.prepare({
      attemptId, userId, locale, orderName: orderName(order, locale), amount: Number(order.amount), currency: 'KRW',
      returnUrl: `${env.APP_ORIGIN}/${locale}/tokens/purchase/${orderId}?attempt=${attemptId}`,
    });
    deps.log.info({ orderId, attemptId, provider: provider.name, userId }, 'payment begun');
    return { payment: await ownPayment(db, userId, orderId), checkout };
  } catch (error) {
    if (error instanceof ProviderUnavailable) throw new CodedError('UNAVAILABLE', {}, { cause: error });
    if (!(error instanceof ProviderRefused)) throw error;
    await applyPayment(deps, { attemptId, told: { ...nothingKnown(attemptId), status: 'failed', code: error.code, message: error.message } });
    throw new CodedError('PAYMENT_FAILED', { code: error.code }, { cause: error });
  }
}

/** What the provider shows the buyer, and prints on the card's statement. */
function orderName(order: LockedOrder, locale: Locale): string {
  if (order.text_tokens > 0n) {
    const text = Number(order.text_tokens).toLocaleString(locale);
    return locale === 'ko' ? `Style License AI 글 토큰 ${text}개` : `Style License, ${text} AI text tokens`;
  }
  const tokens = Number(order.tokens).toLocaleString(locale);
  return locale === 'ko' ? `Style License 토큰 ${tokens}개` : `Style License, ${tokens} tokens`;
}
