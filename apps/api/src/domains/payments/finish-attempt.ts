import { canBePaid, CodedError, type PaymentDto, type PaymentState } from '@style-license/shared';
import type { Deps } from '../../platform/deps.ts';
import { applyPayment } from './apply-payment.ts';
import { askProvider } from './ask-provider.ts';
import { ownPayment } from './payments.queries.ts';
import { hintSql } from './payments.sql.ts';
import { ProviderUnavailable, type PaymentProvider, type ProviderPayment } from './providers/payment-provider.ts';
import type { Providers } from './providers/open-providers.ts';

type FinishDeps = Pick<Deps, 'db' | 'env' | 'clock' | 'log' | 'metrics'>;
export interface FinishAttempt { userId: string; attemptId: string; paymentKey: string | null; failureCode: string | null }

/** How the providers' pages say that the buyer turned back by themselves. */
const TURNED_BACK = new Set(['PAY_PROCESS_CANCELED', 'USER_CANCEL', 'PAYMENT_CANCELLED']);

/**
 * The buyer is back from the provider. Whatever the address says, the provider is asked; its answer is not waited for longer than
 * a request may take: then the schedule asks. @throws NOT_FOUND for anybody else's attempt
 */
export async function finishAttempt(deps: FinishDeps, providers: Providers, request: FinishAttempt): Promise<PaymentDto> {
  const { db, clock, log } = deps;
  const attempt = await db.paymentAttempt.findUnique({ where: { id: request.attemptId }, include: { order: { select: { userId: true, amount: true, state: true } } } });
  if (attempt?.order.userId !== request.userId) throw new CodedError('NOT_FOUND');
  const provider = providers.of(attempt.provider);
  if (provider && canBePaid(attempt.order.state as PaymentState)) {
    try {
      const told = await ask(provider, { id: attempt.id, paymentKey: attempt.paymentKey }, Number(attempt.order.amount), request);
      await applyPayment(deps, { attemptId: attempt.id, told });
    } catch (error) {
      if (!(error instanceof ProviderUnavailable)) throw error;
      log.warn({ err: error, attemptId: attempt.id, provider: attempt.provider }, 'the provider gave no answer, it will be asked again');
      await hintSql(db, attempt.id, attempt.provider, new Date(clock.now().getTime() + ASK_AGAIN_MS));
    }
  }
  return await ownPayment(db, request.userId, attempt.orderId);
}

const ASK_AGAIN_MS = 5_000;

async function ask(provider: PaymentProvider, attempt: { id: string; paymentKey: string | null }, amount: number, { paymentKey, failureCode }: FinishAttempt): Promise<ProviderPayment> {
  if (failureCode === null) {
    return paymentKey === null ? await askProvider(provider, attempt, amount) : await provider.confirm({ attemptId: attempt.id, paymentKey, amount });
  }
  const told = await provider.read({ attemptId: attempt.id, paymentKey: null });
  // The provider knows of no outcome: then the page's is the best there is. It can only end the buyer's own attempt.
  if (told.status !== 'unknown' && told.status !== 'ready' && told.status !== 'authorised') return told;
  return { ...told, status: 'cancelled', code: TURNED_BACK.has(failureCode) ? 'USER_CANCEL' : failureCode };
}
