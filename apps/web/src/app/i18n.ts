/**
 * Two languages, one at a time: the messages of a language are a chunk of their own, loaded when its pages are first shown.
 * A file `locales/<language>/<area>.json` holds the keys `<area>.…`. Long texts that one page needs (the terms) load with that page.
 */
import { createI18n } from "vue-i18n";
import type { Locale } from "@style-license/shared";

export const LANGUAGES = ["en", "ko"] as const satisfies readonly Locale[];
const REMEMBERED = "language";

type Messages = Record<string, unknown>;
const core: Record<Locale, () => Promise<{ default: Messages }>> = {
  en: () => import("../locales/en.ts"),
  ko: () => import("../locales/ko.ts"),
};
const areas = import.meta.glob<Messages>("../locales/*/terms.json", { import: "default" });

export const i18n = createI18n({ legacy: false, locale: "en", fallbackLocale: "en", messages: {} as Record<string, Messages>, missingWarn: false, fallbackWarn: false });

const loaded = new Set<string>();

export const isLanguage = (text: unknown): text is Locale => LANGUAGES.includes(text as Locale);

/** The language to begin with: the one chosen before, else the browser's, else English. */
export function firstLanguage(stored = remembered(), wanted: readonly string[] = navigator.languages): Locale {
  if (stored) return stored;
  for (const tag of wanted) {
    const language = tag.toLowerCase().split("-")[0];
    if (isLanguage(language)) return language;
  }
  return "en";
}

function remembered(): Locale | null {
  try {
    const stored = localStorage.getItem(REMEMBERED);
    return isLanguage(stored) ? stored : null;
  } catch {
    return null; // Storage is refused in some private windows; the browser's own language is then right.
  }
}

/** Shows the pages in a language, and remembers it when a person chose it. */
export async function setLanguage(language: Locale, options: { remember?: boolean } = {}): Promise<void> {
  if (!loaded.has(language)) {
    const { default: messages } = await core[language]();
    i18n.global.mergeLocaleMessage(language, messages);
    loaded.add(language);
  }
  i18n.global.locale.value = language;
  document.documentElement.lang = language;
  if (!options.remember) return;
  try {
    localStorage.setItem(REMEMBERED, language);
  } catch {
    // The address still carries the language.
  }
}

/** Loads a long text that one page needs, in the language shown. */
export async function loadArea(area: "terms", language: Locale = i18n.global.locale.value as Locale): Promise<void> {
  const name = `${language}/${area}`;
  if (loaded.has(name)) return;
  const messages = await areas[`../locales/${name}.json`]?.();
  if (messages) i18n.global.mergeLocaleMessage(language, { [area]: messages });
  loaded.add(name);
}
