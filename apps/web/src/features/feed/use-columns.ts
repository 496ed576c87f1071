import { onScopeDispose, ref, type Ref } from "vue";

/** Four columns from 1024, three from 640, two below: the layout's two breakpoints. */
export function useColumns(): Ref<number> {
  const columns = ref(4);
  const wide = matchMedia("(min-width: 1024px)");
  const middle = matchMedia("(min-width: 640px)");
  const read = () => (columns.value = wide.matches ? 4 : middle.matches ? 3 : 2);
  read();
  for (const media of [wide, middle]) media.addEventListener("change", read);
  onScopeDispose(() => {
    for (const media of [wide, middle]) media.removeEventListener("change", read);
  });
  return columns;
}
