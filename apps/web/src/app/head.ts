/** Title and description of the page, as the tab, a search engine and a shared link show them. */
import { onScopeDispose, toValue, watchEffect, type MaybeRefOrGetter } from "vue";

const SITE = "Style License";

function meta(attribute: "name" | "property", key: string): HTMLMetaElement {
  const found = document.head.querySelector<HTMLMetaElement>(`meta[${attribute}="${key}"]`);
  if (found) return found;
  const made = document.createElement("meta");
  made.setAttribute(attribute, key);
  document.head.append(made);
  return made;
}

export function setTitle(title: string): void {
  document.title = title && title !== SITE ? `${title} · ${SITE}` : SITE;
  meta("property", "og:title").content = document.title;
}

export function setDescription(text: string): void {
  meta("name", "description").content = text;
  meta("property", "og:description").content = text;
}

/** A page whose title depends on what it shows. An empty title leaves the route's own. */
export function usePageTitle(title: MaybeRefOrGetter<string>, description?: MaybeRefOrGetter<string>): void {
  // What the server says of a page in its head is the API's own (page-head.ts).
  if (import.meta.env.SSR) return;
  const stop = watchEffect(() => {
    const text = toValue(title);
    if (text) setTitle(text);
    const words = toValue(description);
    if (words) setDescription(words);
  });
  onScopeDispose(stop);
}
