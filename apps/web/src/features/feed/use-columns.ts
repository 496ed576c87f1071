import { computed, type Ref } from "vue";
import { useMedia } from "@/ui/use-media.ts";

/** Four columns from 1024, three from 640, two below: the layout's two breakpoints. */
export function useColumns(): Readonly<Ref<number>> {
  const wide = useMedia("(min-width: 1024px)");
  const middle = useMedia("(min-width: 640px)");
  return computed(() => (wide.value ? 4 : middle.value ? 3 : 2));
}
