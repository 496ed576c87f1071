import { computed } from "vue";
import { useInfiniteQuery } from "@tanstack/vue-query";
import { getMine, type MineFilter } from "./generations.api.ts";

/** My finished images, newest first, a page at a time. */
export function useMine(filter: () => MineFilter, enabled: () => boolean, limit = 24) {
  const query = useInfiniteQuery({
    queryKey: computed(() => ["generations", "mine", filter(), limit] as const),
    queryFn: ({ pageParam }) => getMine(filter(), pageParam, limit),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.hasMore ? page.nextCursor : undefined),
    enabled: computed(enabled),
  });
  const tiles = computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []);
  return { ...query, tiles };
}
