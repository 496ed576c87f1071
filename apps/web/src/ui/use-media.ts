import { onScopeDispose, readonly, ref, type Ref } from "vue";

/** The screen that the server writes a page for, CSS px wide; a browser knows its own. */
let writtenFor = 0;
export function writeForScreen(width: number): void {
  writtenFor = width;
}

/** Of the queries that are asked here: `(min-width: 640px)` and `(width < 640px)`. */
function holdsFor(width: number, query: string): boolean {
  const bound = Number(/\d+/.exec(query)?.[0]);
  return query.includes("<") ? width < bound : width >= bound;
}

/** Whether a media query holds, and as it changes. For what CSS alone cannot arrange. */
export function useMedia(query: string): Readonly<Ref<boolean>> {
  if (import.meta.env.SSR) return readonly(ref(holdsFor(writtenFor, query)));
  const list = window.matchMedia(query);
  const matches = ref(list.matches);
  const onChange = (event: MediaQueryListEvent) => (matches.value = event.matches);
  list.addEventListener("change", onChange);
  onScopeDispose(() => list.removeEventListener("change", onChange));
  return readonly(matches);
}
/** Below the first breakpoint. */
export const usePhone = (): Readonly<Ref<boolean>> => useMedia("(width < 640px)");
