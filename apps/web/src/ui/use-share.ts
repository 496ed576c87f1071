import { useI18n } from "vue-i18n";
import { useToasts } from "./toasts.ts";

/** Gives this page's address to the system's own sharing, or to the clipboard. */
export function useShare(): (title: string, address?: string) => Promise<void> {
  const { t } = useI18n();
  const toasts = useToasts();
  return async (title, address = location.origin + location.pathname) => {
    if (typeof navigator.share === "function" && matchMedia("(pointer: coarse)").matches) {
      try {
        await navigator.share({ title, url: address });
        return;
      } catch (thrown) {
        // Closing the system's sheet is an answer, not a fault.
        if (thrown instanceof DOMException && thrown.name === "AbortError") return;
      }
    }
    try {
      await navigator.clipboard.writeText(address);
      toasts.show(t("ui.linkCopied"));
    } catch {
      // No permission for the clipboard: the address bar has it.
      toasts.show(address);
    }
  };
}
