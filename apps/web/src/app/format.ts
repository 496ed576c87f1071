/** Numbers, money, dates and lengths of time in the form of the person's language. */
import { computed } from "vue";
import { useI18n } from "vue-i18n";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function createFormat(locale: string, t: (key: string, values: Record<string, unknown>, plural: number) => string) {
  const region = locale === "ko" ? "ko-KR" : "en-GB";
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const signed = new Intl.NumberFormat(locale, { maximumFractionDigits: 0, signDisplay: "exceptZero" });
  const date = new Intl.DateTimeFormat(region, { day: "numeric", month: "long", year: "numeric" });
  const shortDate = new Intl.DateTimeFormat(region, { day: "numeric", month: "short" });
  const shortDateTime = new Intl.DateTimeFormat(region, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  });
  const time = new Intl.DateTimeFormat(region, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
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
    if (size < MINUTE) return relative.format(seconds, "second");
    if (size < HOUR) return relative.format(Math.trunc(seconds / MINUTE), "minute");
    if (size < DAY) return relative.format(Math.trunc(seconds / HOUR), "hour");
    if (size < 7 * DAY) return relative.format(Math.trunc(seconds / DAY), "day");
    return date.format(toDate(value));
  }

  function bytes(count: number): string {
    const mega = count / 1_000_000;
    if (mega >= 0.95) return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(mega)} MB`;
    return `${whole.format(Math.max(1, Math.round(count / 1000)))} kB`;
  }

  return {
    number: (value: number) => minus(whole.format(value)),
    tenths: (value: number) => minus(new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value)),
    signed: (value: number) => minus(signed.format(value)),
    percent: (share: number) => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(share),
    money: (amount: number, currency: string) =>
      new Intl.NumberFormat(region, { style: "currency", currency, maximumFractionDigits: 0 }).format(amount),
    date: (value: string | number | Date) => date.format(toDate(value)),
    shortDate: (value: string | number | Date) => shortDate.format(toDate(value)),
    shortDateTime: (value: string | number | Date) => shortDateTime.format(toDate(value)),
    time: (value: string | number | Date) => time.format(toDate(value)),
    list: (words: readonly string[]) => new Intl.ListFormat(locale, { style: "long", type: "conjunction" }).format(words),
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
