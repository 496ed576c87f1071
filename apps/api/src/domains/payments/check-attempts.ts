import type { Deps } from '../../platform/deps.ts';
import { applyPayment } from './apply-payment.ts';
import { askProvider } from './ask-provider.ts';
import { leaseAttemptsSql, scheduleCheckSql, type LeasedAttempt } from './payments.sql.ts';
import { nextOpenCheck, nextPaidCheck } from './check-times.ts';
import { ProviderUnavailable } from './providers/payment-provider.ts';
import type { Providers } from './providers/open-providers.ts';

type CheckDeps = Pick<Deps, 'db' | 'env' | 'clock' | 'log' | 'metrics'>;

const BATCH = 20;
/** Longer than a provider is waited for. */
const LEASE_MS = 60_000;

/** Asks after payments that are due: a webhook came, the buyer never did, or it is time to look again. Gives how many were asked. */
export async function checkAttempts(deps: CheckDeps, providers: Providers): Promise<number> {
  const now = deps.clock.now();
  const due = await leaseAttemptsSql(deps.db, now, new Date(now.getTime() + LEASE_MS), BATCH);
  await Promise.all(due.map((leased) => checkAttempt(deps, providers, leased)));
  return due.length;
}

async function checkAttempt(deps: CheckDeps, providers: Providers, leased: LeasedAttempt): Promise<void> {
  const { db, log, clock } = deps;
  const attempt = await db.paymentAttempt.findUniqueOrThrow({ where: { id: leased.id }, include: { order: { select: { amount: true } } } });
  const provider = providers.of(attempt.provider);
  const now = clock.now();
  const later = nextOpenCheck(attempt.startedAt, now) ?? nextPaidCheck(attempt.startedAt, now);
  if (!provider) {
    log.warn({ attemptId: attempt.id, provider: attempt.provider }, 'a payment of a provider that is not set up any more');
    return await scheduleCheckSql(db, attempt.id, later, leased.check_at, now);
  }
  try {
    const told = await askProvider(provider, { id: attempt.id, paymentKey: attempt.paymentKey }, Number(attempt.order.amount));
    await applyPayment(deps, { attemptId: attempt.id, told, leasedUntil: leased.check_at });
  } catch (error) {
    log.warn({ err: error, attemptId: attempt.id, provider: attempt.provider }, 'a payment could not be asked after');
    const again = error instanceof ProviderUnavailable ? later : new Date(now.getTime() + LEASE_MS);
    await scheduleCheckSql(db, attempt.id, again, leased.check_at, now);
  }
}
