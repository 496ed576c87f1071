/**
 * Where a buyer came from because tokens were missing, so that a purchase leads back there. Kept in this tab, since the way to the
 * provider leaves the page. Only an address of our own is ever followed.
 */
const KEY = "purchase/back";

export const isOwnPath = (path: unknown): path is string => typeof path === "string" && /^\/(en|ko)\/[^/\\]/.test(path) && !path.includes("//");

export function keepWayBack(path: unknown): void {
  if (!isOwnPath(path)) return;
  try {
    sessionStorage.setItem(KEY, path);
  } catch {
    // Then the purchase ends at the gallery.
  }
}

export function wayBack(): string | null {
  try {
    const path = sessionStorage.getItem(KEY);
    return isOwnPath(path) ? path : null;
  } catch {
    return null;
  }
}

export function forgetWayBack(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}
