import { onBeforeUnmount, readonly, ref, watch, type Ref } from "vue";

/** Whether an element can be seen; null until it is known. */
export function useInView(element: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<boolean | null>> {
  const inView = ref<boolean | null>(null);
  const observer = new IntersectionObserver((seen) => {
    inView.value = seen.at(-1)?.isIntersecting ?? null;
  });
  watch(
    element,
    (now, before) => {
      if (before) observer.unobserve(before);
      if (now) observer.observe(now);
      else inView.value = null;
    },
    { immediate: true, flush: "post" },
  );
  onBeforeUnmount(() => observer.disconnect());
  return readonly(inView);
}
