/**
 * PortOne (V2), by its own server SDK. The page's SDK takes the money; what it and the signed webhook say only names the payment,
 * which is then read here. Our attempt's id is PortOne's paymentId.
 */
import { Payment, PortOneError, Webhook } from '@portone/server-sdk';
import type { PaymentMethodName } from '@style-license/shared';
import * as z from 'zod';
import { nothingKnown, ProviderRefused, ProviderUnavailable, WebhookRefused, type PaymentProvider, type ProviderPayment } from './payment-provider.ts';

export interface PortOneSettings { storeId: string; channelKey: string; apiSecret: string; webhookSecret: string; apiUrl?: string }

const TIMEOUT_MS = 15_000;
const METHODS: Record<string, PaymentMethodName> = {
  PaymentMethodCard: 'card', PaymentMethodEasyPay: 'easy_pay', PaymentMethodTransfer: 'transfer', PaymentMethodVirtualAccount: 'virtual_account',
  PaymentMethodMobile: 'mobile', PaymentMethodGiftCertificate: 'gift_certificate',
};
const STATUS: Record<string, ProviderPayment['status']> = {
  READY: 'ready', PAY_PENDING: 'pending', VIRTUAL_ACCOUNT_ISSUED: 'pending', PAID: 'paid', PARTIAL_CANCELLED: 'paid', CANCELLED: 'paid', FAILED: 'failed',
};
/** Refusals that say nothing of the payment: our key, our rights, our way of asking. */
const OUR_FAULTS = new Set(['UNAUTHORIZED', 'FORBIDDEN', 'INVALID_REQUEST']);

/** The SDK's answers are not checked by it: this is what we read of them. */
const portOnePayment = z.looseObject({
  status: z.string(), id: z.string(), transactionId: z.string().nullish(), currency: z.string(), amount: z.looseObject({ total: z.number(), paid: z.number(), cancelled: z.number() }),
  method: z.looseObject({ type: z.string(), provider: z.string().nullish() }).nullish(), channel: z.looseObject({ pgProvider: z.string().nullish(), type: z.string().nullish() }).nullish(),
  paidAt: z.string().nullish(), pgTxId: z.string().nullish(), receiptUrl: z.string().nullish(),
  failure: z.looseObject({ reason: z.string().nullish(), pgCode: z.string().nullish(), pgMessage: z.string().nullish() }).nullish(),
  disputes: z.array(z.unknown()).nullish(),
});
const fault = z.looseObject({ type: z.string(), message: z.string().nullish(), pgCode: z.string().nullish(), pgMessage: z.string().nullish() });
const transactionWebhook = z.looseObject({ type: z.string().startsWith('Transaction.'), data: z.looseObject({ paymentId: z.string(), storeId: z.string() }) });

export function createPortOneProvider(settings: PortOneSettings): PaymentProvider {
  const client = Payment.PaymentClient({ secret: settings.apiSecret, storeId: settings.storeId, ...(settings.apiUrl === undefined ? {} : { baseUrl: settings.apiUrl }) });

  const provider: PaymentProvider = {
    name: 'portone',
    prepare: ({ attemptId, orderName, amount, currency, returnUrl }) =>
      Promise.resolve({ provider: 'portone', attemptId, storeId: settings.storeId, channelKey: settings.channelKey, orderName, amount, currency, redirectUrl: returnUrl }),
    confirm: ({ attemptId, paymentKey }) => provider.read({ attemptId, paymentKey }),
    async read({ attemptId }) {
      const answer = await ask(() => client.getPayment({ paymentId: attemptId }));
      if ('refused' in answer) {
        if (answer.refused.code === 'PAYMENT_NOT_FOUND') return nothingKnown(attemptId);
        throw new ProviderUnavailable(`PortOne: ${answer.refused.code}`);
      }
      const parsed = portOnePayment.safeParse(answer.value);
      if (!parsed.success) throw new ProviderUnavailable('PortOne gave an answer that is no payment', { cause: parsed.error });
      return toPayment(parsed.data);
    },
    async refund({ attemptId, paymentKey, reason }) {
      // PortOne has no idempotency key here; it refuses what is cancelled already, and what is left is read first.
      const before = await provider.read({ attemptId, paymentKey });
      if (before.refunded >= before.amount) return before;
      const answer = await ask(() => client.cancelPayment({ paymentId: attemptId, reason, currentCancellableAmount: before.amount - before.refunded }));
      if ('refused' in answer && answer.refused.code !== 'PAYMENT_ALREADY_CANCELLED') throw answer.refused;
      return await provider.read({ attemptId, paymentKey });
    },
    async parseWebhook({ headers, body }) {
      let message: unknown;
      try {
        message = await Webhook.verify(settings.webhookSecret, body, headers);
      } catch (error) {
        throw new WebhookRefused(error instanceof Webhook.WebhookVerificationError ? error.reason : 'UNREADABLE');
      }
      const parsed = transactionWebhook.safeParse(message);
      if (!parsed.success || parsed.data.data.storeId !== settings.storeId) return null;
      const attemptId = parsed.data.data.paymentId;
      return z.uuid().safeParse(attemptId).success ? { attemptId } : null;
    },
  };
  return provider;
}

/** A value, a final refusal, or ProviderUnavailable. The SDK sets no time limit of its own. */
async function ask<T>(call: () => Promise<T>): Promise<{ value: T } | { refused: ProviderRefused }> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new ProviderUnavailable('PortOne did not answer in time')), TIMEOUT_MS);
    });
    return { value: await Promise.race([call(), late]) };
  } catch (error) {
    const parsed = error instanceof PortOneError && 'data' in error ? fault.safeParse(error.data) : null;
    if (!parsed?.success || OUR_FAULTS.has(parsed.data.type)) throw new ProviderUnavailable(`PortOne: ${parsed?.data?.type ?? 'no answer'}`, { cause: error });
    return { refused: new ProviderRefused(parsed.data.pgCode ?? parsed.data.type, parsed.data.pgMessage ?? parsed.data.message ?? '') };
  } finally {
    clearTimeout(timer);
  }
}

function toPayment(payment: z.output<typeof portOnePayment>): ProviderPayment {
  return {
    status: STATUS[payment.status] ?? 'pending',
    attemptId: payment.id, paymentKey: payment.transactionId ?? payment.id, amount: payment.amount.total, currency: payment.currency, refunded: payment.amount.cancelled,
    method: payment.method ? METHODS[payment.method.type] ?? 'other' : null,
    code: payment.failure ? payment.failure.pgCode ?? payment.failure.reason ?? 'FAILED' : null, message: payment.failure?.pgMessage ?? payment.failure?.reason ?? null,
    data: {
      status: payment.status, total: payment.amount.total, paid: payment.amount.paid, cancelled: payment.amount.cancelled, currency: payment.currency, method: payment.method?.type ?? null,
      pg: payment.channel?.pgProvider ?? null, channel: payment.channel?.type ?? null, pgTxId: payment.pgTxId ?? null, paidAt: payment.paidAt ?? null,
      receiptUrl: payment.receiptUrl ?? null, disputes: payment.disputes?.length ?? 0,
    },
  };
}
