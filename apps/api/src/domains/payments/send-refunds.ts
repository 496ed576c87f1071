import type { Deps } from '../../platform/deps.ts';
import { applyPayment } from './apply-payment.ts';
import { leaseRefundsSql, type LeasedRefund } from './payments.sql.ts';
import { ProviderRefused, type PaymentProvider, type ProviderPayment } from './providers/payment-provider.ts';
import type { Providers } from './providers/open-providers.ts';

type RefundDeps = Pick<Deps, 'db' | 'env' | 'clock' | 'log' | 'metrics'>;

const BATCH = 10;
const LEASE_MS = 60_000;
const TRIES_MAX = 14;
const RETRY_BASE_MS = 2_000;
const RETRY_MAX_MS = 2 * 3_600_000;

/** Asks providers for the refunds that are due: an outbox. Gives how many were done. */
export async function sendRefunds(deps: RefundDeps, providers: Providers): Promise<number> {
  const now = deps.clock.now();
  const due = await leaseRefundsSql(deps.db, now, new Date(now.getTime() + LEASE_MS), BATCH);
  const done = await Promise.all(due.map((refund) => sendRefund(deps, providers, refund)));
  return done.filter(Boolean).length;
}

async function sendRefund(deps: RefundDeps, providers: Providers, refund: LeasedRefund): Promise<boolean> {
  const { db, clock, log } = deps;
  const now = clock.now();
  const line = { refundId: refund.id, orderId: refund.order_id, attemptId: refund.attempt_id };
  const provider = providers.of(refund.provider);
  try {
    if (!provider || refund.payment_key === null) throw new Error(`no way to give money back: ${provider ? 'no payment key' : `${refund.provider} is not set up`}`);
    const told = await giveBack(provider, refund, refund.payment_key);
    const isDone = told.status === 'paid' && told.refunded >= told.amount;
    await applyPayment(deps, {
      attemptId: refund.attempt_id, told,
      also: async (tx) => {
        if (isDone) await tx.paymentRefund.updateMany({ where: { id: refund.id, state: 'requested' }, data: { state: 'done', tryAt: null, endedAt: now, code: null } });
      },
    });
    // Accepted, and under way at the provider: looked at again.
    if (!isDone) await retryLater(deps, refund, 'PENDING');
    return isDone;
  } catch (error) {
    const code = error instanceof ProviderRefused ? error.code : 'UNAVAILABLE';
    log[error instanceof ProviderRefused ? 'error' : 'warn']({ err: error, ...line, code }, 'refund not made');
    if (error instanceof ProviderRefused || refund.tries >= TRIES_MAX) {
      await db.paymentRefund.updateMany({ where: { id: refund.id, state: 'requested' }, data: { state: 'failed', code, tryAt: null, endedAt: now } });
    } else await retryLater(deps, refund, code);
    return false;
  }
}

async function giveBack(provider: PaymentProvider, refund: LeasedRefund, paymentKey: string): Promise<ProviderPayment> {
  const before = await provider.read({ attemptId: refund.attempt_id, paymentKey });
  if (before.status === 'paid' && before.refunded >= before.amount) return before;
  return await provider.refund({ attemptId: refund.attempt_id, paymentKey, reason: refund.reason, idempotencyKey: refund.id });
}

async function retryLater({ db, clock }: RefundDeps, refund: LeasedRefund, code: string): Promise<void> {
  const delay = Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** refund.tries);
  await db.paymentRefund.updateMany({ where: { id: refund.id, state: 'requested' }, data: { code, tryAt: new Date(clock.now().getTime() + delay) } });
}
