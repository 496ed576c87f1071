/**
 * Toss Payments, by its HTTP API (version 2022-11-16): Basic auth with the secret key as the name, an Idempotency-Key on what
 * moves money. The page's widget only gets the buyer's agreement (IN_PROGRESS); money is taken by our confirm. Webhooks about
 * payments are not signed: they are believed by nobody, and only say which payment to read.
 */
import { createHmac } from 'node:crypto';
import type { PaymentMethodName } from '@style-license/shared';
import * as z from 'zod';
import { nothingKnown, ProviderRefused, ProviderUnavailable, type PaymentProvider, type ProviderPayment } from './payment-provider.ts';

export interface TossSettings { clientKey: string; secretKey: string; variantKey: string; agreementKey: string; apiUrl?: string }

const API_URL = 'https://api.tosspayments.com';
const TIMEOUT_MS = 15_000;

const tossPayment = z.looseObject({
  paymentKey: z.string(), orderId: z.string(), status: z.string(), method: z.string().nullish(), currency: z.string(), totalAmount: z.number(), balanceAmount: z.number(),
  approvedAt: z.string().nullish(), lastTransactionKey: z.string().nullish(),
  card: z.looseObject({ issuerCode: z.string().nullish(), cardType: z.string().nullish() }).nullish(),
  easyPay: z.looseObject({ provider: z.string().nullish() }).nullish(),
  receipt: z.looseObject({ url: z.string().nullish() }).nullish(),
  failure: z.looseObject({ code: z.string().nullish(), message: z.string().nullish() }).nullish(),
});
const tossFault = z.looseObject({ code: z.string(), message: z.string().default('') });
const tossWebhook = z.looseObject({
  data: z.looseObject({ orderId: z.string().optional() }).optional(),
  // DEPOSIT_CALLBACK has it at the top.
  orderId: z.string().optional(),
});

/** Both languages in which the API may answer. */
const METHODS: Record<string, PaymentMethodName> = {
  카드: 'card', CARD: 'card', 간편결제: 'easy_pay', EASY_PAY: 'easy_pay', 해외간편결제: 'easy_pay', FOREIGN_EASY_PAY: 'easy_pay', 계좌이체: 'transfer', TRANSFER: 'transfer',
  가상계좌: 'virtual_account', VIRTUAL_ACCOUNT: 'virtual_account', 휴대폰: 'mobile', MOBILE_PHONE: 'mobile',
  문화상품권: 'gift_certificate', 도서문화상품권: 'gift_certificate', 게임문화상품권: 'gift_certificate', CULTURE_GIFT_CERTIFICATE: 'gift_certificate',
};
const STATUS: Record<string, ProviderPayment['status']> = {
  READY: 'ready', IN_PROGRESS: 'authorised', WAITING_FOR_DEPOSIT: 'pending', DONE: 'paid', CANCELED: 'paid', PARTIAL_CANCELED: 'paid', ABORTED: 'failed', EXPIRED: 'failed',
};
/** Our own keys or contract are at fault, not the buyer: nothing is known of the payment. */
const OUR_FAULTS = new Set(['UNAUTHORIZED_KEY', 'INVALID_API_KEY', 'INCORRECT_BASIC_AUTH_FORMAT', 'FORBIDDEN_REQUEST', 'INVALID_AUTHORIZE_AUTH']);
const NOT_FOUND = new Set(['NOT_FOUND_PAYMENT', 'NOT_FOUND']);

interface Fault { status: number; code: string; message: string }
type Answer = { payment: ProviderPayment } | { fault: Fault };

export function createTossProvider(settings: TossSettings): PaymentProvider {
  const authorization = `Basic ${Buffer.from(`${settings.secretKey}:`).toString('base64')}`;
  const base = settings.apiUrl ?? API_URL;

  async function call(method: 'GET' | 'POST', path: string, body?: object, idempotencyKey?: string): Promise<Answer> {
    let status: number;
    let answer: unknown;
    try {
      const response = await fetch(new URL(path, base), {
        method, signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: {
          authorization, accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      status = response.status;
      answer = await response.json();
    } catch (error) {
      throw new ProviderUnavailable('Toss Payments did not answer', { cause: error });
    }
    if (status === 200) {
      const parsed = tossPayment.safeParse(answer);
      if (!parsed.success) throw new ProviderUnavailable('Toss Payments gave an answer that is no payment', { cause: parsed.error });
      return { payment: toPayment(parsed.data) };
    }
    const { code, message } = tossFault.safeParse(answer).data ?? { code: `HTTP_${status}`, message: '' };
    // 409: the same request is still being worked on.
    if (status >= 500 || status === 429 || status === 409 || OUR_FAULTS.has(code)) throw new ProviderUnavailable(`Toss Payments: ${code}`);
    return { fault: { status, code, message } };
  }

  const provider: PaymentProvider = {
    name: 'toss',
    prepare: ({ attemptId, orderName, amount, currency, userId, returnUrl }) => Promise.resolve({
      provider: 'toss', attemptId, clientKey: settings.clientKey, orderName, amount, currency,
      // A name for the buyer that nobody can guess and that says nothing of them.
      customerKey: createHmac('sha256', settings.secretKey).update(`customer ${userId}`).digest('hex').slice(0, 40),
      successUrl: returnUrl, failUrl: returnUrl, variantKey: settings.variantKey, agreementKey: settings.agreementKey,
    }),
    async confirm({ attemptId, paymentKey, amount }) {
      // One key a payment key: after a refusal the buyer may agree with another card, under a new payment key.
      const answer = await call('POST', '/v1/payments/confirm', { paymentKey, orderId: attemptId, amount }, `confirm-${paymentKey}`);
      if ('payment' in answer) return answer.payment;
      const { code, message } = answer.fault;
      if (code === 'ALREADY_PROCESSED_PAYMENT') return await provider.read({ attemptId, paymentKey });
      return { ...nothingKnown(attemptId), status: 'failed', code, message };
    },
    async read({ attemptId, paymentKey }) {
      const answer = await call('GET', paymentKey === null ? `/v1/payments/orders/${encodeURIComponent(attemptId)}` : `/v1/payments/${encodeURIComponent(paymentKey)}`);
      if ('payment' in answer) return answer.payment;
      if (answer.fault.status === 404 || NOT_FOUND.has(answer.fault.code)) return nothingKnown(attemptId);
      throw new ProviderUnavailable(`Toss Payments: ${answer.fault.code}`);
    },
    async refund({ attemptId, paymentKey, reason, idempotencyKey }) {
      const answer = await call('POST', `/v1/payments/${encodeURIComponent(paymentKey)}/cancel`, { cancelReason: reason }, idempotencyKey);
      if ('payment' in answer) return answer.payment;
      if (answer.fault.code === 'ALREADY_CANCELED_PAYMENT') return await provider.read({ attemptId, paymentKey });
      throw new ProviderRefused(answer.fault.code, answer.fault.message);
    },
    parseWebhook({ body }) {
      const parsed = tossWebhook.safeParse(parseJson(body));
      const attemptId = parsed.data?.data?.orderId ?? parsed.data?.orderId;
      return Promise.resolve(attemptId !== undefined && z.uuid().safeParse(attemptId).success ? { attemptId } : null);
    },
  };
  return provider;
}

function toPayment(payment: z.output<typeof tossPayment>): ProviderPayment {
  return {
    status: STATUS[payment.status] ?? 'pending',
    attemptId: payment.orderId, paymentKey: payment.paymentKey, amount: payment.totalAmount, currency: payment.currency,
    refunded: payment.status === 'CANCELED' || payment.status === 'PARTIAL_CANCELED' ? payment.totalAmount - payment.balanceAmount : 0,
    method: payment.method ? METHODS[payment.method] ?? 'other' : null,
    code: payment.failure?.code ?? (payment.status === 'EXPIRED' ? 'EXPIRED' : null), message: payment.failure?.message ?? null,
    data: {
      status: payment.status, method: payment.method ?? null, totalAmount: payment.totalAmount, balanceAmount: payment.balanceAmount, currency: payment.currency,
      approvedAt: payment.approvedAt ?? null, transactionKey: payment.lastTransactionKey ?? null, issuerCode: payment.card?.issuerCode ?? null,
      easyPay: payment.easyPay?.provider ?? null, receiptUrl: payment.receipt?.url ?? null,
    },
  };
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
