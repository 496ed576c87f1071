import { onScopeDispose } from "vue";
import { listen, type LiveHandlers } from "./hub.ts";

/** Hears live events for as long as the component lives. */
export function useLiveEvents(handlers: LiveHandlers): void {
  if (import.meta.env.SSR) return;
  onScopeDispose(listen(handlers));
}
