import { ref, shallowRef } from "vue";
import { useI18n } from "vue-i18n";
import { useRouter } from "vue-router";
import { useQueryClient } from "@tanstack/vue-query";
import type { CheckoutDto, Locale, PackageId, QuotaPackId } from "@style-license/shared";
import { readError, type PageError } from "@/app/errors.ts";
import { RequestIds } from "@/features/generations/request-id.ts";
import { paymentsApi } from "./payments.api.ts";

const keyed = (key: string) => `payments/${key}`;
/** One id an order, however often the button is pressed or the answer is lost. */
const orderIds = new RequestIds({
  getItem: (key) => sessionStorage.getItem(keyed(key)),
  setItem: (key, value) => sessionStorage.setItem(keyed(key), value),
  removeItem: (key) => sessionStorage.removeItem(keyed(key)),
});

/** From a package or an order to the provider's page. */
export function useCheckout() {
  const { locale } = useI18n();
  const router = useRouter();
  const queries = useQueryClient();
  /** What is being begun: a package's id, or an order's. */
  const beginning = ref("");
  const error = shallowRef<PageError | null>(null);
  const checkout = shallowRef<CheckoutDto | null>(null);

  async function begin(orderId: string): Promise<void> {
    const begun = await paymentsApi.beginAttempt(orderId, locale.value as Locale);
    orderIds.answered();
    queries.setQueryData(["payments", "get", orderId], begun.payment);
    void queries.invalidateQueries({ queryKey: ["payments", "history"] });
    checkout.value = begun.checkout;
    if (begun.checkout?.provider === "sandbox") await router.push({ name: "sandboxCheckout", params: { paymentId: begun.checkout.paymentId } });
    else await router.push({ name: "purchase", params: { orderId } });
  }

  async function act(what: string, run: () => Promise<void>): Promise<void> {
    if (beginning.value) return;
    beginning.value = what;
    error.value = null;
    try {
      await run();
    } catch (thrown) {
      error.value = readError(thrown);
    } finally {
      beginning.value = "";
    }
  }

  const buy = (packageId: PackageId | QuotaPackId) =>
    act(packageId, async () => {
      const orderId = orderIds.idFor({ packageId });
      await paymentsApi.createOrder(orderId, packageId);
      await begin(orderId);
    });
  /** Another try on the same order. */
  const payAgain = (orderId: string) => act(orderId, () => begin(orderId));
  return { beginning, error, checkout, buy, payAgain };
}
