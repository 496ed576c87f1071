import { i18n } from "@/app/i18n.ts";
import { byArea } from "@/locales/by-area.ts";

/** Both languages whole, without loading parts one by one. */
export function loadAllMessages(): void {
  i18n.global.setLocaleMessage("en", byArea(import.meta.glob("../locales/en/*.json", { eager: true, import: "default" })));
  i18n.global.setLocaleMessage("ko", byArea(import.meta.glob("../locales/ko/*.json", { eager: true, import: "default" })));
}
