import { computed, onBeforeUnmount, onMounted, watch } from "vue";
import { useQueryClient } from "@tanstack/vue-query";
import { useRouter } from "vue-router";
import { getGeneration, getOfStyle } from "./generations.api.ts";
import { neighbours, useWalk } from "./walk.ts";

const FALLBACK_LENGTH = 48;

/** Arrow keys to the image before and after, Esc back to where one came from. Fields, menus and dialogs keep their own keys. */
export function useWalking(generationId: () => string, styleId: () => string | undefined) {
  const walk = useWalk();
  const router = useRouter();
  const queries = useQueryClient();
  const around = computed(() => neighbours(walk.ids, generationId()));

  const to = (id: string) => ({ name: "generation", params: { generationId: id } });
  if (import.meta.env.SSR) return { around, to };

  watch(
    [generationId, styleId],
    async ([id, style]) => {
      if (!style || walk.ids.includes(id)) return;
      const page = await queries.fetchQuery({ queryKey: ["generations", "ofStyle", style], queryFn: () => getOfStyle(style, null, FALLBACK_LENGTH) }).catch(() => null);
      if (page && !walk.ids.includes(id)) walk.remember([id, ...page.items.map((tile) => tile.id).filter((one) => one !== id)]);
    },
    { immediate: true },
  );
  // The next image is there before it is asked for.
  watch(
    around,
    ({ previous, next }) => {
      for (const id of [next, previous]) {
        if (id) void queries.prefetchQuery({ queryKey: ["generations", "get", id], queryFn: () => getGeneration(id) });
      }
    },
    { immediate: true },
  );

  function leave(): void {
    // Within the site, back is where one came from, at the same place in the feed.
    if (window.history.state && (window.history.state as { back?: unknown }).back) router.back();
    else void router.push({ name: "home" });
  }
  function onKeydown(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable], [role=menu], [role=dialog], [role=slider]")) return;
    if (document.querySelector("[role=dialog], [role=menu]")) return;
    const id = event.key === "ArrowLeft" ? around.value.previous : event.key === "ArrowRight" ? around.value.next : null;
    if (id) {
      event.preventDefault();
      void router.replace(to(id));
    } else if (event.key === "Escape") {
      leave();
    }
  }
  onMounted(() => window.addEventListener("keydown", onKeydown));
  onBeforeUnmount(() => window.removeEventListener("keydown", onKeydown));
  return { around, to };
}
