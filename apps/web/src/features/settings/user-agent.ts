/** Browser and system of a session, as far as its user agent tells; for a person to recognise their own, not to be exact. */
export function describeUserAgent(userAgent: string | null): { browser: string; system: string } | null {
  if (!userAgent) return null;
  const first = (pairs: readonly (readonly [RegExp, string])[]) => pairs.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "";
  const browser = first([
    [/Edg\//, "Edge"],
    [/SamsungBrowser\//, "Samsung Internet"],
    [/Whale\//, "Whale"],
    [/OPR\//, "Opera"],
    [/Firefox\/|FxiOS\//, "Firefox"],
    [/Chrome\/|CriOS\//, "Chrome"],
    [/Safari\//, "Safari"],
  ]);
  const system = first([
    [/iPhone/, "iPhone"],
    [/iPad/, "iPad"],
    [/Android/, "Android"],
    [/Windows/, "Windows"],
    [/Mac OS X|Macintosh/, "macOS"],
    [/CrOS/, "ChromeOS"],
    [/Linux/, "Linux"],
  ]);
  return browser || system ? { browser, system } : null;
}
