import type { PaymentProvider, ProviderPayment } from './providers/payment-provider.ts';

/** What the provider says now. What the buyer agreed to and nobody confirmed yet (they never came back) is confirmed. */
export async function askProvider(provider: PaymentProvider, attempt: { id: string; paymentKey: string | null }, amount: number): Promise<ProviderPayment> {
  const told = await provider.read({ attemptId: attempt.id, paymentKey: attempt.paymentKey });
  if (told.status !== 'authorised' || told.paymentKey === null || told.attemptId !== attempt.id || told.amount !== amount) return told;
  return await provider.confirm({ attemptId: attempt.id, paymentKey: told.paymentKey, amount });
}
