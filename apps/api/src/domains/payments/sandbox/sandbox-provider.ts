/** The adapter of the simulated provider: the same port, the same signed webhooks, books that are not ours. */
import * as z from 'zod';
import type { Deps } from '../../../platform/deps.ts';
import { nothingKnown, ProviderRefused, WebhookRefused, type PaymentProvider, type ProviderPayment } from '../providers/payment-provider.ts';
import { parseJson } from '../providers/toss.ts';
import { openSandboxPayment, readSandboxPayment, refundSandboxPayment, type SandboxState } from './sandbox-bank.ts';
import { isSigned, sandboxSecret } from './signature.ts';

const STATUS = { READY: 'ready', PENDING: 'pending', PAID: 'paid', FAILED: 'failed' } as const satisfies Record<SandboxState['status'], ProviderPayment['status']>;
const message = z.object({ data: z.object({ merchantId: z.uuid() }) });

export function createSandboxProvider(deps: Pick<Deps, 'db' | 'clock' | 'env'>): PaymentProvider {
  const read = async (attemptId: string): Promise<ProviderPayment> => {
    const state = await readSandboxPayment(deps, attemptId);
    if (!state) return nothingKnown(attemptId);
    return {
      status: STATUS[state.status], attemptId, paymentKey: state.paymentId, amount: state.amount, currency: state.currency, refunded: state.cancelled,
      method: state.status === 'PAID' ? 'sandbox' : null, code: state.status === 'FAILED' ? 'CARD_DECLINED' : null, message: null,
      data: { status: state.status, amount: state.amount, cancelled: state.cancelled, currency: state.currency },
    };
  };
  return {
    name: 'sandbox',
    prepare: async ({ attemptId, orderName, amount, currency, returnUrl }) =>
      ({ provider: 'sandbox', attemptId, paymentId: await openSandboxPayment(deps, { merchantId: attemptId, orderName, amount, currency, returnUrl }) }),
    confirm: ({ attemptId }) => read(attemptId),
    read: ({ attemptId }) => read(attemptId),
    async refund({ attemptId, idempotencyKey }) {
      if (!(await refundSandboxPayment(deps, attemptId, idempotencyKey))) throw new ProviderRefused('NOT_PAID', 'nothing was paid');
      return await read(attemptId);
    },
    parseWebhook({ headers, body, now }) {
      if (!isSigned(sandboxSecret(deps.env.STORE_SECRET), headers, body, now)) return Promise.reject(new WebhookRefused('signature'));
      const parsed = message.safeParse(parseJson(body));
      return Promise.resolve(parsed.success ? { attemptId: parsed.data.data.merchantId } : null);
    },
  };
}
