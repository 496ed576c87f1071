import * as z from 'zod';
import { uuid } from '../ids.ts';
import { ATTEMPT_STATES, PACKAGE_IDS, PAYMENT_METHODS, PAYMENT_PRODUCTS, PAYMENT_PROVIDERS, PAYMENT_STATES, SANDBOX_OUTCOMES } from '../payments.ts';
import { QUOTA_PACK_IDS } from './quota.ts';
import { LOCALES, pageInput, time, tokens, url } from './common.ts';

const money = z.int().nonnegative();
const providerName = z.enum(PAYMENT_PROVIDERS);

export const packageDto = z.object({ id: z.enum(PACKAGE_IDS), tokens, amount: money, currency: z.string(), coins: z.int(), lessPercent: z.int() });
export type PackageDto = z.infer<typeof packageDto>;
/** What one can buy here, by whom it is paid, and what would be paid off first. */
export const quotaPackDto = z.object({ id: z.enum(QUOTA_PACK_IDS), textTokens: tokens, tokens, amount: money, currency: z.string() });
export type QuotaPackDto = z.infer<typeof quotaPackDto>;
export const offerDto = z.object({
  provider: z.enum([...PAYMENT_PROVIDERS, 'none']), packages: z.array(packageDto), owed: tokens,
  /** AI text for this month; none where no language model would use it. */
  quotaPacks: z.array(quotaPackDto),
});
export type OfferDto = z.infer<typeof offerDto>;

export const paymentAttemptDto = z.object({
  attemptId: uuid, provider: providerName, state: z.enum(ATTEMPT_STATES), method: z.enum(PAYMENT_METHODS).nullable(),
  /** The provider's own code for what went wrong, or one of ours; `message` is the provider's. */
  code: z.string().nullable(), message: z.string().nullable(), startedAt: time, endedAt: time.nullable(),
});
export type PaymentAttemptDto = z.infer<typeof paymentAttemptDto>;

export const paymentDto = z.object({
  orderId: uuid, number: z.string(), packageId: z.string(), product: z.enum(PAYMENT_PRODUCTS),
  /** What was bought; of the other there is none. */
  tokens, textTokens: tokens, amount: money, currency: z.string(), supply: money, vat: money,
  state: z.enum(PAYMENT_STATES), reason: z.string().nullable(), provider: providerName.nullable(), method: z.enum(PAYMENT_METHODS).nullable(),
  createdAt: time, paidAt: time.nullable(), refundedAt: time.nullable(), refundedAmount: money, takenTokens: tokens, owedTokens: tokens, takenTextTokens: tokens,
  /** Of its tokens, what paid a debt and never came into the wallet. */
  repaidTokens: tokens,
  /** An attempt is with the provider, and its answer is not here yet. */
  waiting: z.boolean(),
  /** Money is being given back. */
  refunding: z.boolean(),
  /** Newest first. */
  attempts: z.array(paymentAttemptDto),
});
export type PaymentDto = z.infer<typeof paymentDto>;

export const createOrderInput = z.object({ orderId: uuid, packageId: z.enum([...PACKAGE_IDS, ...QUOTA_PACK_IDS]) });
export const beginAttemptInput = z.object({ orderId: uuid, locale: z.enum(LOCALES) });
/** What the page needs to hand the buyer over to the provider. */
export const checkoutDto = z.discriminatedUnion('provider', [
  z.object({ provider: z.literal('sandbox'), attemptId: uuid, paymentId: uuid }),
  z.object({
    provider: z.literal('toss'), attemptId: uuid, clientKey: z.string(), customerKey: z.string(), orderName: z.string(), amount: money, currency: z.literal('KRW'),
    successUrl: url, failUrl: url, variantKey: z.string(), agreementKey: z.string(),
  }),
  z.object({
    provider: z.literal('portone'), attemptId: uuid, storeId: z.string(), channelKey: z.string(), orderName: z.string(), amount: money, currency: z.literal('KRW'), redirectUrl: url,
  }),
]);
export type CheckoutDto = z.infer<typeof checkoutDto>;
/** `checkout` is null when there is nothing left to pay. */
export const beginAttemptOutput = z.object({ payment: paymentDto, checkout: checkoutDto.nullable() });

/** The buyer is back. What the address says is a hint; the provider is asked. */
export const finishAttemptInput = z.object({
  attemptId: uuid,
  paymentKey: z.string().min(1).max(200).nullish(),
  failureCode: z.string().regex(/^[\w.:-]{1,80}$/).nullish(),
});
export const paymentHistoryInput = pageInput;

export const sandboxPaymentDto = z.object({ paymentId: uuid, orderName: z.string(), amount: money, currency: z.string(), decided: z.boolean() });
export type SandboxPaymentDto = z.infer<typeof sandboxPaymentDto>;
export const sandboxDecideInput = z.object({ paymentId: uuid, outcome: z.enum(SANDBOX_OUTCOMES) });
/** Where the provider sends the browser; null when it never comes back. */
export const sandboxDecideOutput = z.object({ returnUrl: url.nullable() });

export const adminPaymentsInput = pageInput.extend({ state: z.enum(PAYMENT_STATES).nullish(), userId: uuid.nullish() });
export const adminPaymentDto = paymentDto.extend({
  userId: uuid, username: z.string(),
  data: z.array(z.object({ attemptId: uuid, paymentKey: z.string().nullable(), provider: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullable(), checkAt: time.nullable() })),
  refunds: z.array(z.object({ refundId: uuid, attemptId: uuid, amount: money, reason: z.string(), state: z.enum(['requested', 'done', 'failed']), code: z.string().nullable(), createdAt: time, endedAt: time.nullable() })),
});
export type AdminPaymentDto = z.infer<typeof adminPaymentDto>;
export const refundOrderInput = z.object({ orderId: uuid, reason: z.string().trim().min(3).max(200) });
