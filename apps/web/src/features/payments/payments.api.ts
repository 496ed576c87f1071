/** The only caller of the payment procedures. */
import type { Locale, PackageId, PaymentState, QuotaPackId, SandboxOutcome } from "@style-license/shared";
import { trpc } from "@/app/trpc.ts";

export const paymentsApi = {
  offer: () => trpc.payments.offer.query(),
  createOrder: (orderId: string, packageId: PackageId | QuotaPackId) => trpc.payments.createOrder.mutate({ orderId, packageId }),
  beginAttempt: (orderId: string, locale: Locale) => trpc.payments.beginAttempt.mutate({ orderId, locale }),
  finishAttempt: (attemptId: string, told: { paymentKey: string | null; failureCode: string | null }) => trpc.payments.finishAttempt.mutate({ attemptId, ...told }),
  get: (orderId: string) => trpc.payments.get.query({ orderId }),
  history: (cursor: string | null) => trpc.payments.history.query({ cursor }),
  sandboxPayment: (paymentId: string) => trpc.payments.sandboxPayment.query({ paymentId }),
  sandboxDecide: (paymentId: string, outcome: SandboxOutcome) => trpc.payments.sandboxDecide.mutate({ paymentId, outcome }),
  all: (state: PaymentState | null, cursor: string | null) => trpc.payments.all.query({ state, cursor }),
  refund: (orderId: string, reason: string) => trpc.payments.refund.mutate({ orderId, reason }),
};
