import { ref, watch, type Ref } from "vue";

/**
 * The newest address whose picture has arrived, so that one preview fades into the next and never into nothing.
 * Answers that come late, after a newer one, are left aside.
 */
export function useLoaded(source: () => string | null): Readonly<Ref<string | null>> {
  const shown = ref<string | null>(null);
  let asked = 0;
  watch(
    source,
    (src) => {
      if (!src) return;
      const mine = ++asked;
      const image = new Image();
      image.onload = () => {
        if (mine === asked) shown.value = src;
      };
      image.src = src;
    },
    { immediate: true },
  );
  return shown;
}
