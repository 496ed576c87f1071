/** Two artworks that the check finds alike and the artist wants both of. Advice only, so it is kept in this browser. */
const keyOf = (styleId: string) => `kept-both/${styleId}`;

export function keptPairs(styleId: string): ReadonlySet<string> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(styleId)) ?? "[]");
    return new Set(Array.isArray(kept) ? kept.filter((one): one is string => typeof one === "string") : []);
  } catch {
    return new Set(); // Refused or broken storage: the advice stands again, which harms nobody.
  }
}

export function keepPair(styleId: string, pair: string): ReadonlySet<string> {
  const kept = new Set([...keptPairs(styleId), pair]);
  try {
    localStorage.setItem(keyOf(styleId), JSON.stringify([...kept]));
  } catch {
    // Then it holds for as long as the page is open.
  }
  return kept;
}
