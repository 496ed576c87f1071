/** The one port that all providers stand behind. An adapter speaks with its provider and knows no table but, for the sandbox, its own. */
import type { CheckoutDto, Locale, PaymentMethodName, PaymentProviderName } from '@style-license/shared';

/** What a provider says of one payment, in our words. */
export interface ProviderPayment {
  /**
   * unknown: never heard of. ready: begun. authorised: the buyer agreed and we have to confirm. pending: under way at the
   * provider (a deposit is awaited). paid: money was taken, some of it perhaps given back since (`refunded`).
   */
  status: 'unknown' | 'ready' | 'authorised' | 'pending' | 'paid' | 'failed' | 'cancelled';
  /** The attempt that this payment is for, by the provider's own books. */
  attemptId: string;
  paymentKey: string | null;
  amount: number;
  currency: string;
  refunded: number;
  method: PaymentMethodName | null;
  code: string | null;
  message: string | null;
  /** For administrators: figures and codes, nothing about the person. */
  data: Record<string, string | number | boolean | null>;
}

export interface AttemptToPrepare {
  attemptId: string; orderName: string; amount: number; currency: 'KRW'; userId: string; locale: Locale;
  /** Where the provider sends the browser. */
  returnUrl: string;
}
export interface PaymentRef { attemptId: string; paymentKey: string | null }

export interface PaymentProvider {
  readonly name: PaymentProviderName;
  /** Makes ready what the page needs. The same attempt again gives the same. */
  prepare(attempt: AttemptToPrepare): Promise<CheckoutDto>;
  /** Takes the money that the buyer agreed to, where the provider waits for that; else reads. The same again takes nothing more. */
  confirm(payment: { attemptId: string; paymentKey: string; amount: number }): Promise<ProviderPayment>;
  read(payment: PaymentRef): Promise<ProviderPayment>;
  /** Gives everything back that is left. The same key again gives nothing more. @throws ProviderRefused */
  refund(payment: { attemptId: string; paymentKey: string; reason: string; idempotencyKey: string }): Promise<ProviderPayment>;
  /** The attempt that a webhook is about, or null when it is about none. @throws WebhookRefused */
  parseWebhook(request: { headers: Record<string, string | string[] | undefined>; body: string; now: Date }): Promise<{ attemptId: string } | null>;
}

/** No answer, or one that says «later»: nothing is known, ask again. */
export class ProviderUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProviderUnavailable';
  }
}

/** A final no. */
export class ProviderRefused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'ProviderRefused';
    this.code = code;
  }
}

/** Not signed by who it claims to be from. */
export class WebhookRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WebhookRefused';
  }
}

export const nothingKnown = (attemptId: string): ProviderPayment =>
  ({ status: 'unknown', attemptId, paymentKey: null, amount: 0, currency: 'KRW', refunded: 0, method: null, code: null, message: null, data: {} });
