/** Numbers, money, dates and lengths of time in the form of the person's language. */
import { computed } from "vue";
import { useI18n } from "vue-i18n";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Made when first needed, and once: making one takes about a millisecond, and a wall of images says dozens of numbers. */
function keptFormats(locale: string) {
  const region = locale === "ko" ? "ko-KR" : "en-GB";
  const made = new Map<string, unknown>();
  const keep = <F>(name: string, make: () => F) => (): F => {
    if (!made.has(name)) made.set(name, make());
    return made.get(name) as F;
  };
  const number = (name: string, options: Intl.NumberFormatOptions) => keep(name, () => new Intl.NumberFormat(locale, options));
  const date = (name: string, options: Intl.DateTimeFormatOptions) => keep(name, () => new Intl.DateTimeFormat(region, options));
  return {
    region,
    whole: number("whole", { maximumFractionDigits: 0 }),
    tenths: number("tenths", { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    upToTenths: number("upToTenths", { maximumFractionDigits: 1 }),
    signed: number("signed", { maximumFractionDigits: 0, signDisplay: "exceptZero" }),
    percent: number("percent", { style: "percent", maximumFractionDigits: 0 }),
    date: date("date", { day: "numeric", month: "long", year: "numeric" }),
    day: date("day", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }),
    shortDay: date("shortDay", { day: "numeric", month: "short", timeZone: "UTC" }),
    shortDateTime: date("shortDateTime", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false }),
    time: date("time", { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }),
    relative: keep("relative", () => new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" })),
    list: keep("list", () => new Intl.ListFormat(locale, { style: "long", type: "conjunction" })),
  };
}

const byLocale = new Map<string, ReturnType<typeof keptFormats>>();
function formatsOf(locale: string): ReturnType<typeof keptFormats> {
  const known = byLocale.get(locale) ?? keptFormats(locale);
  byLocale.set(locale, known);
  return known;
}

export function createFormat(locale: string, t: (key: string, values: Record<string, unknown>, plural: number) => string) {
  const formats = formatsOf(locale);
  const toDate = (value: string | number | Date) => new Date(value);
  /** A real minus sign is as wide as a digit; a hyphen is not. */
  const minus = (text: string) => text.replace("-", "−");

  /** "5 s", "1 min 20 s", "4 min", "2 h 5 min": as exact as is useful. */
  function duration(seconds: number): string {
    const rest = Math.max(0, Math.round(seconds));
    const say = (unit: "seconds" | "minutes" | "hours", n: number) => t(`ui.duration.${unit}`, { n }, n);
    if (rest < MINUTE) return say("seconds", rest);
    if (rest < 5 * MINUTE && rest % MINUTE !== 0) {
      return `${say("minutes", Math.floor(rest / MINUTE))} ${say("seconds", rest % MINUTE)}`;
    }
    if (rest < HOUR) return say("minutes", Math.round(rest / MINUTE));
    const minutes = Math.round((rest % HOUR) / MINUTE);
    const hours = Math.floor(rest / HOUR);
    return minutes === 0 || minutes === 60
      ? say("hours", hours + (minutes === 60 ? 1 : 0))
      : `${say("hours", hours)} ${say("minutes", minutes)}`;
  }

  function ago(value: string | number | Date, now = Date.now()): string {
    const seconds = Math.round((toDate(value).getTime() - now) / 1000);
    const size = Math.abs(seconds);
    if (size < MINUTE) return formats.relative().format(seconds, "second");
    if (size < HOUR) return formats.relative().format(Math.trunc(seconds / MINUTE), "minute");
    if (size < DAY) return formats.relative().format(Math.trunc(seconds / HOUR), "hour");
    if (size < 7 * DAY) return formats.relative().format(Math.trunc(seconds / DAY), "day");
    return formats.date().format(toDate(value));
  }

  function bytes(count: number): string {
    const mega = count / 1_000_000;
    if (mega >= 0.95) return `${formats.upToTenths().format(mega)} MB`;
    return `${formats.whole().format(Math.max(1, Math.round(count / 1000)))} kB`;
  }

  return {
    // In both languages the same; the browser's own form of numbers takes a phone a while to get ready.
    number: (value: number) => (Number.isInteger(value) && value >= 0 && value < 1000 ? String(value) : minus(formats.whole().format(value))),
    tenths: (value: number) => minus(formats.tenths().format(value)),
    signed: (value: number) => minus(formats.signed().format(value)),
    percent: (share: number) => formats.percent().format(share),
    money: (amount: number, currency: string) =>
      new Intl.NumberFormat(formats.region, { style: "currency", currency, maximumFractionDigits: 0 }).format(amount),
    date: (value: string | number | Date) => formats.date().format(toDate(value)),
    /** A day of the calendar ("2026-11-21"), which is the same day wherever it is read; a moment's day is `date`. */
    day: (day: string) => formats.day().format(toDate(day)),
    shortDay: (day: string) => formats.shortDay().format(toDate(day)),
    shortDateTime: (value: string | number | Date) => formats.shortDateTime().format(toDate(value)),
    time: (value: string | number | Date) => formats.time().format(toDate(value)),
    list: (words: readonly string[]) => formats.list().format(words),
    duration,
    ago,
    bytes,
  };
}

export type Format = ReturnType<typeof createFormat>;

/** The formats of the language of the page; they follow when the language changes. */
export function useFormat(): Format {
  const { locale, t } = useI18n();
  const format = computed(() => createFormat(locale.value, (key, values, plural) => t(key, values, plural)));
  return new Proxy({} as Format, { get: (_target, key) => format.value[key as keyof Format] });
}
