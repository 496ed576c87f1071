import { describe, expect, it, vi } from "vitest";
import { errorMessage, readError } from "./errors.ts";
import { createFormat } from "./format.ts";
import { firstLanguage, i18n, setLanguage } from "./i18n.ts";
import { setTheme, theme } from "./layout/theme.ts";
import { inLanguage, safeNext } from "./router.ts";
import { useAct } from "./use-act.ts";

const formatIn = (locale: string) =>
  createFormat(locale, (key, values, plural) => {
    i18n.global.locale.value = locale;
    return i18n.global.t(key, values, plural);
  });

describe("formats", () => {
  const en = formatIn("en");
  it("says lengths of time as exactly as is useful", () => {
    expect([0, 5, 59, 60, 80, 299, 300, 3599, 3600, 7500].map((seconds) => en.duration(seconds))).toEqual([
      "0 s", "5 s", "59 s", "1 min", "1 min 20 s", "4 min 59 s", "5 min", "60 min", "1 h", "2 h 5 min",
    ]);
    expect(formatIn("ko").duration(80)).toBe("1분 20초");
  });
  it("writes numbers, signs, money and sizes in the local form", () => {
    expect(formatIn("en").number(1284560)).toBe("1,284,560");
    expect(formatIn("en").signed(-12)).toBe("−12");
    expect(formatIn("en").signed(500)).toBe("+500");
    expect(formatIn("ko").money(45000, "KRW")).toBe("₩45,000");
    expect(formatIn("en").bytes(3_400_000)).toBe("3.4 MB");
    expect(formatIn("en").bytes(20_400)).toBe("20 kB");
    expect(formatIn("en").percent(0.62)).toBe("62%");
    expect(formatIn("en").list(["sea", "night"])).toBe("sea and night");
  });
  it("says how long ago, then the date", () => {
    const now = Date.parse("2026-11-20T12:00:00Z");
    expect(en.ago("2026-11-20T11:59:30Z", now)).toBe("30 sec. ago");
    expect(en.ago("2026-11-20T11:20:00Z", now)).toBe("40 min. ago");
    expect(en.ago("2026-11-20T09:00:00Z", now)).toBe("3 hr. ago");
    expect(en.ago("2026-11-19T09:00:00Z", now)).toBe("yesterday");
    expect(en.ago("2026-10-01T09:00:00Z", now)).toMatch(/1 October 2026/);
    expect(en.date("2026-11-20T12:00:00Z")).toMatch(/20 November 2026/);
    expect(en.shortDateTime("2026-11-20T12:00:00Z")).toMatch(/20 Nov/);
    expect(en.time("2026-11-20T12:00:07Z")).toMatch(/:07$/);
  });
  it("says a day of the calendar as that day, wherever it is read", () => {
    for (const zone of ["America/Los_Angeles", "Asia/Seoul"]) {
      vi.stubEnv("TZ", zone);
      expect([new Date().getTimezoneOffset() > 0, en.day("2026-11-20"), en.shortDay("2026-11-20")]).toEqual([zone.startsWith("America"), "20 November 2026", "20 Nov"]);
    }
    vi.unstubAllEnvs();
  });
});

describe("errors", () => {
  const thrown = (data: unknown) => Object.assign(new Error("x"), { data });
  it("are read from a coded answer, from a bare status, and from no answer at all", () => {
    expect(readError(thrown({ coded: { code: "INTERNAL", details: {}, reference: "8F2C" } }))).toEqual({ code: "INTERNAL", details: {}, reference: "8F2C" });
    expect([401, 403, 404, 413, 418, 429, 500, 503].map((httpStatus) => readError(thrown({ httpStatus })).code)).toEqual([
      "UNAUTHORIZED", "FORBIDDEN", "NOT_FOUND", "PAYLOAD_TOO_LARGE", "BAD_REQUEST", "RATE_LIMITED", "INTERNAL", "UNAVAILABLE",
    ]);
    expect(readError(new TypeError("Failed to fetch")).code).toBe("OFFLINE");
    expect(readError(null).code).toBe("OFFLINE");
  });
  it("are worded with their figures, in the language shown", () => {
    const poor = { code: "INSUFFICIENT_TOKENS" as const, details: { required: 1080, available: 64 }, reference: "" };
    expect(errorMessage(poor)).toBe("You have 64. 1,016 more are needed.");
    i18n.global.locale.value = "ko";
    expect(errorMessage(poor)).toBe("토큰이 64개 있습니다. 1,016개가 더 필요합니다.");
    expect(errorMessage({ code: "RATE_LIMITED", details: { retryAfterSeconds: 80 }, reference: "" })).toContain("1분 20초");
  });
});

describe("addresses", () => {
  it("keep the place when the language changes", () => {
    expect(inLanguage("/en/tokens?show=usage#x", "ko")).toBe("/ko/tokens?show=usage#x");
    expect(inLanguage("/ko", "en")).toBe("/en");
  });
  it("lead nowhere but into this site after signing in", () => {
    for (const bad of ["https://evil.test", "//evil.test", "/\\evil.test", "javascript:alert(1)", "/english", undefined, ["/en"]]) expect(safeNext(bad, "/en")).toBe("/en");
    expect(safeNext("/ko/styles/1?x=1", "/en")).toBe("/ko/styles/1?x=1");
  });
  it("begin in the language chosen before, else the browser's, else English", () => {
    expect(firstLanguage("ko", ["en-US"])).toBe("ko");
    expect(firstLanguage(null, ["fr-FR", "ko-KR", "en"])).toBe("ko");
    expect(firstLanguage(null, ["fr"])).toBe("en");
  });
  it("remember a language only when a person chose it", async () => {
    await setLanguage("ko");
    expect(document.documentElement.lang).toBe("ko");
    expect(localStorage.getItem("language")).toBeNull();
    await setLanguage("en", { remember: true });
    expect(localStorage.getItem("language")).toBe("en");
  });
});

describe("theme", () => {
  it("is kept, until the device is followed again", () => {
    setTheme("dark");
    expect([theme.value, document.documentElement.dataset.theme, localStorage.getItem("theme")]).toEqual(["dark", "dark", "dark"]);
    setTheme("system");
    expect([document.documentElement.dataset.theme, localStorage.getItem("theme")]).toEqual([undefined, null]);
  });
});

describe("useAct", () => {
  it("never sends twice at once, and keeps the error for its field", async () => {
    let runs = 0;
    const gate = Promise.withResolvers<void>();
    const { act, sending, fieldError, otherError } = useAct(async () => {
      runs += 1;
      await gate.promise;
      throw Object.assign(new Error("x"), { data: { coded: { code: "EMAIL_TAKEN", details: {} } } });
    });
    const other = otherError("EMAIL_TAKEN");
    const first = act();
    expect(sending.value).toBe(true);
    await act();
    gate.resolve();
    await first;
    expect(runs).toBe(1);
    expect(fieldError("EMAIL_TAKEN")).toMatch(/account with this e-mail/);
    expect(other.value).toBeNull();
  });
});
