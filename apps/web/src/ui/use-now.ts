import { onBeforeUnmount, onMounted, readonly, ref, type Ref } from "vue";

/** The time, once a second while a component that counts is shown; still while the tab is hidden. */
export function useNow(everyMs = 1_000): Readonly<Ref<number>> {
  const now = ref(Date.now());
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = () => {
    if (!document.hidden) now.value = Date.now();
  };
  onMounted(() => {
    tick();
    timer = setInterval(tick, everyMs);
    document.addEventListener("visibilitychange", tick);
  });
  onBeforeUnmount(() => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", tick);
  });
  return readonly(now);
}
