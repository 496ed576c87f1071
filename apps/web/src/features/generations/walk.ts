/**
 * Walking from image to image with the arrow keys. The list that a person came from says in which order; a page opened by its address
 * walks through the newest images of the same style.
 */
import { defineStore } from "pinia";
import { ref } from "vue";

export const useWalk = defineStore("walk", () => {
  const ids = ref<readonly string[]>([]);
  /** A list that is shown tells its order. The last one told is the one that was clicked in. */
  function remember(order: readonly string[]): void {
    ids.value = [...order];
  }
  return { ids, remember };
});

export function neighbours(ids: readonly string[], current: string): { previous: string | null; next: string | null } {
  const at = ids.indexOf(current);
  if (at === -1) return { previous: null, next: ids[0] ?? null };
  return { previous: ids[at - 1] ?? null, next: ids[at + 1] ?? null };
}
