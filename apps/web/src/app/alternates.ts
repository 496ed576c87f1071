import type { Locale } from "@style-license/shared";
import { inLanguage } from "./router.ts";

/** The same page in the other language, for search engines. */
export function tellSearchEngines(path: string): void {
  for (const old of document.head.querySelectorAll("link[rel=alternate][hreflang]")) old.remove();
  for (const language of ["en", "ko"] satisfies Locale[]) {
    const link = document.createElement("link");
    link.rel = "alternate";
    link.hreflang = language;
    link.href = `${location.origin}${inLanguage(path, language)}`;
    document.head.append(link);
  }
}
