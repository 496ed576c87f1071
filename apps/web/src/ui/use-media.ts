import { onScopeDispose, readonly, ref, type Ref } from "vue";

/** Whether a media query holds, and as it changes. For what CSS alone cannot arrange. */
export function useMedia(query: string): Readonly<Ref<boolean>> {
  const list = window.matchMedia(query);
  const matches = ref(list.matches);
  const onChange = (event: MediaQueryListEvent) => (matches.value = event.matches);
  list.addEventListener("change", onChange);
  onScopeDispose(() => list.removeEventListener("change", onChange));
  return readonly(matches);
}
/** Below the first breakpoint. */
export const usePhone = (): Readonly<Ref<boolean>> => useMedia("(width < 640px)");
