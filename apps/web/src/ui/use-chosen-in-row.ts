import { nextTick, onMounted, watch, type Ref } from "vue";

/** Keeps the chosen one of a row that scrolls sideways in sight: whoever comes by an address sees where they are. */
export function useChosenInRow(row: Ref<HTMLElement | undefined>, chosen: () => unknown): void {
  const show = async (): Promise<void> => {
    await nextTick();
    const outer = row.value;
    const inner = outer?.querySelector("[aria-selected=true], [aria-current=page]");
    if (!outer || !inner) return;
    const [frame, one] = [outer.getBoundingClientRect(), inner.getBoundingClientRect()];
    if (one.left < frame.left || one.right > frame.right) outer.scrollLeft += one.left - frame.left - (frame.width - one.width) / 2;
  };
  onMounted(show);
  watch(chosen, show);
}
