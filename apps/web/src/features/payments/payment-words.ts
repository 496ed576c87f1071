import type { PaymentAttemptDto, PaymentDto } from "@style-license/shared";

type Translate = (key: string, values?: Record<string, unknown>) => string;
type Exists = (key: string) => boolean;

/** Why a payment was not made: our words where we have some, else the provider's own with its code. */
export function failureWords(attempt: Pick<PaymentAttemptDto, "code" | "message" | "provider"> | undefined, t: Translate, te: Exists): string {
  const code = attempt?.code ?? "UNKNOWN";
  if (te(`payments.failure.${code}`)) return t(`payments.failure.${code}`);
  const provider = attempt ? t(`payments.provider.${attempt.provider}`) : "";
  return attempt?.message ? t("payments.failure.said", { provider, message: attempt.message, code }) : t("payments.failure.code", { provider, code });
}

/** By whom and how: "Toss Payments, card". */
export function paidBy(payment: Pick<PaymentDto, "provider" | "method">, t: Translate): string {
  if (!payment.provider) return "";
  const provider = t(`payments.provider.${payment.provider}`);
  return payment.method && payment.method !== "sandbox" ? t("payments.by", { provider, method: t(`payments.method.${payment.method}`) }) : provider;
}

/** What was bought. */
export function boughtWords(payment: Pick<PaymentDto, "product" | "tokens" | "textTokens">, t: (key: string, values: Record<string, unknown>, plural: number) => string, number: (n: number) => string): string {
  if (payment.product === "quota") return t("payments.boughtText", { n: number(payment.textTokens) }, payment.textTokens);
  return t("payments.bought", { n: number(payment.tokens) }, payment.tokens);
}

/** How it stands, in one word or two. */
export function stateWords(payment: Pick<PaymentDto, "state" | "waiting" | "refunding" | "refundedAmount">, t: Translate): string {
  if (payment.refunding) return t("payments.state.refunding");
  if (payment.state === "paid" && payment.refundedAmount > 0) return t("payments.state.partlyRefunded");
  return t(`payments.state.${payment.state}`);
}

/** How long the page itself keeps asking; later, events and the next visit tell. */
const OFTEN_MS = 2_000;
const RARELY_MS = 15_000;
const OFTEN_FOR_MS = 60_000;

/** When to ask again how a payment stands; false: no more. */
export function askAgainAfter(payment: PaymentDto | undefined, waitedMs: number): number | false {
  if (!payment || !(payment.waiting || payment.refunding)) return false;
  return waitedMs < OFTEN_FOR_MS ? OFTEN_MS : RARELY_MS;
}
