import { onBeforeUnmount, readonly, ref, watch, type Ref } from "vue";

export type Sight = "here" | "above" | "below";

/** Where an element is, seen from the window; null until it is known. */
export function useSight(element: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<Sight | null>> {
  const sight = ref<Sight | null>(null);
  if (import.meta.env.SSR) return readonly(sight);
  const observer = new IntersectionObserver((seen) => {
    const last = seen.at(-1);
    if (last) sight.value = last.isIntersecting ? "here" : last.boundingClientRect.top < 0 ? "above" : "below";
  });
  watch(
    element,
    (now, before) => {
      if (before) observer.unobserve(before);
      if (now) observer.observe(now);
      else sight.value = null;
    },
    { immediate: true, flush: "post" },
  );
  onBeforeUnmount(() => observer.disconnect());
  return readonly(sight);
}
