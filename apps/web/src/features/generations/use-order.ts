import { onMounted, reactive, watch } from "vue";
import type { LocationQuery } from "vue-router";
import { isTakingOver } from "@/app/written.ts";
import { reviveOrder, type Order } from "./order.ts";

const keyOf = (formId: string) => `order/${formId}`;

function kept(formId: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(formId)) ?? "null");
  } catch {
    return null; // Refused or broken storage: an empty form is right.
  }
}

/** What a link brings along: `?tags=night,moon&ratio=1:2&seed=12`, as "make one like this" gives it. */
export function orderFromQuery(query: LocationQuery): Order | null {
  const text = (name: string) => (typeof query[name] === "string" ? query[name] : "");
  if (!text("tags")) return null;
  return reviveOrder({ tags: text("tags").split(",").filter(Boolean), ratio: text("ratio"), seed: text("seed") });
}

/**
 * The form of an order. It is kept in this tab until it is sent, through sign-in, a trip to the tokens page, and a reload.
 * @param formId the style, or the checkpoint that is tried
 */
export function useOrder(formId: string, brought: Order | null = null): Order {
  const takingOver = isTakingOver();
  const order = reactive(brought ?? reviveOrder(takingOver ? null : kept(formId)));
  // The page that the server wrote has an empty form: what was kept comes right after it is taken over.
  if (takingOver && !brought) onMounted(() => Object.assign(order, reviveOrder(kept(formId))));
  watch(
    order,
    () => {
      try {
        sessionStorage.setItem(keyOf(formId), JSON.stringify(order));
      } catch {
        // The form then lives as long as the page.
      }
    },
    { deep: true },
  );
  return order;
}
