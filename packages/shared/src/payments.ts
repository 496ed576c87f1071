/** What is for sale and how a payment stands: one place, both sides of the wire. A page sends a package's id, never a price. */

export const PACKAGE_IDS = ['basic_100', 'standard_500', 'premium_1000'] as const;
export type PackageId = (typeof PACKAGE_IDS)[number];

/** `amount` is in the currency's smallest unit, tax included; `coins` is how the package is drawn; `lessPercent` against the smallest. */
export interface TokenPackage { tokens: number; amount: number; currency: 'KRW'; coins: number; lessPercent: number }
export const TOKEN_PACKAGES: Record<PackageId, TokenPackage> = {
  basic_100: { tokens: 100, amount: 10_000, currency: 'KRW', coins: 1, lessPercent: 0 },
  standard_500: { tokens: 500, amount: 45_000, currency: 'KRW', coins: 5, lessPercent: 10 },
  premium_1000: { tokens: 1_000, amount: 80_000, currency: 'KRW', coins: 10, lessPercent: 20 },
};

/** What money buys: tokens, or AI text for a month (packs in dto/quota.ts). */
export const PAYMENT_PRODUCTS = ['tokens', 'quota'] as const;
export type PaymentProduct = (typeof PAYMENT_PRODUCTS)[number];

/** Value added tax contained in every price. */
export const VAT_PERCENT = 10;
/** A price with tax as what is taxed and the tax; they add up to the price. */
export function taxOf(amount: number): { supply: number; vat: number } {
  const supply = Math.round((amount * 100) / (100 + VAT_PERCENT));
  return { supply, vat: amount - supply };
}

export const PAYMENT_PROVIDERS = ['sandbox', 'toss', 'portone'] as const;
export type PaymentProviderName = (typeof PAYMENT_PROVIDERS)[number];

export const PAYMENT_STATES = ['pending', 'paid', 'failed', 'cancelled', 'refunded'] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];
export const ATTEMPT_STATES = ['started', 'pending', 'paid', 'failed', 'cancelled', 'refunded'] as const;
export type PaymentAttemptState = (typeof ATTEMPT_STATES)[number];
/** The provider may still answer. */
export const isLiveAttempt = (state: PaymentAttemptState): boolean => state === 'started' || state === 'pending';
/** Another attempt may be begun. */
export const canBePaid = (state: PaymentState): boolean => state === 'pending' || state === 'failed' || state === 'cancelled';

export const PAYMENT_METHODS = ['card', 'easy_pay', 'transfer', 'virtual_account', 'mobile', 'gift_certificate', 'sandbox', 'other'] as const;
export type PaymentMethodName = (typeof PAYMENT_METHODS)[number];

/** What a person may let the simulated provider do. */
export const SANDBOX_OUTCOMES = ['paid', 'declined', 'cancelled', 'paid_no_return', 'webhook_late', 'webhook_doubled', 'webhook_disordered'] as const;
export type SandboxOutcome = (typeof SANDBOX_OUTCOMES)[number];
