/**
 * Two languages, one at a time. A file `locales/<language>/<area>.json` holds the keys `<area>.…`. They come in three parts: what the
 * gallery's first page needs, all the rest before any other page, and the long texts of single pages with those.
 */
import { toRaw } from "vue";
import { createI18n } from "vue-i18n";
import type { Locale } from "@style-license/shared";
import type { Messages } from "@/locales/by-area.ts";

export const LANGUAGES = ["en", "ko"] as const satisfies readonly Locale[];
const REMEMBERED = "language";

type Part = "first" | "rest";
const parts: Record<Locale, Record<Part, () => Promise<{ default: Messages }>>> = {
  en: { first: () => import("../locales/en.first.ts"), rest: () => import("../locales/en.ts") },
  ko: { first: () => import("../locales/ko.first.ts"), rest: () => import("../locales/ko.ts") },
};

export const i18n = createI18n<false>({ legacy: false, locale: "en", fallbackLocale: "en", messages: {}, missingWarn: false, fallbackWarn: false });

type Words = Readonly<Record<string, unknown>>;
const isGroup = (value: unknown): value is Words => typeof value === "object" && value !== null && !Array.isArray(value);

/** Both, group by group; what is in one alone is taken as it is. */
function joined(known: Words, more: Words): Words {
  const all: Record<string, unknown> = { ...known };
  for (const [name, value] of Object.entries(more)) {
    const before = all[name];
    all[name] = isGroup(before) && isGroup(value) ? joined(before, value) : value;
  }
  return all;
}

/** The library's own merge makes each of a thousand words anew, which holds a phone for 50 ms. */
function addMessages(language: Locale, messages: unknown): void {
  const known = toRaw(i18n.global.getLocaleMessage(language)) as Words;
  i18n.global.setLocaleMessage(language, joined(known, messages as Words) as Messages);
}

const loaded = new Map<string, Promise<void>>();

function load(language: Locale, part: Part): Promise<void> {
  const name = `${language}.${part}`;
  const known = loaded.get(name);
  if (known) return known;
  const loading = parts[language][part]().then(
    ({ default: messages }) => addMessages(language, messages),
    (error: unknown) => {
      // The next page may ask again.
      loaded.delete(name);
      throw error;
    },
  );
  loaded.set(name, loading);
  return loading;
}

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

/** Shows the pages in a language, and remembers it when a person chose it. `firstOnly`: the rest of the words may come a moment later. */
export async function setLanguage(language: Locale, options: { remember?: boolean; firstOnly?: boolean } = {}): Promise<void> {
  await Promise.all([load(language, "first"), ...(options.firstOnly ? [] : [load(language, "rest")])]);
  i18n.global.locale.value = language;
  if (import.meta.env.SSR) return;
  // To set it, even to what it is, styles the whole page anew.
  if (document.documentElement.lang !== language) document.documentElement.lang = language;
  if (!options.remember) return;
  try {
    localStorage.setItem(REMEMBERED, language);
  } catch {
    // The address still carries the language.
  }
}

/** Loads the words that the first page left out. */
export const loadRest = (): Promise<void> => load(i18n.global.locale.value as Locale, "rest");

/** Texts that single pages need: long ones, and all that only administrators see (`admin….json`, one a domain). */
export type Area = "terms" | "how" | "admin" | `admin${string}`;

/** Loads the texts of an area, in the language shown. */
export async function loadArea(area: Area, language: Locale = i18n.global.locale.value as Locale): Promise<void> {
  const { areas } = await import("./areas.ts");
  const messages = await areas[`../locales/${language}/${area}.json`]?.();
  if (messages) addMessages(language, { [area]: messages });
}
