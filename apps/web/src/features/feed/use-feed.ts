/** A list of published images, page by page. A gallery that is still small is asked again every few seconds: it fills while one watches. */
import { computed, toValue, type MaybeRefOrGetter } from "vue";
import { useInfiniteQuery } from "@tanstack/vue-query";
import { LIMITS, type GenerationTileDto, type Page } from "@style-license/shared";
import { waitOnServer } from "@/app/on-server.ts";
import { feedApi } from "./feed.api.ts";

const FILLING_MS = 4_000;

function usePages(key: () => readonly unknown[], load: (cursor: string | null) => Promise<Page<GenerationTileDto>>, options: { enabled?: () => boolean; fills?: () => boolean } = {}) {
  const query = useInfiniteQuery({
    queryKey: computed(key),
    queryFn: ({ pageParam }) => load(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last: Page<GenerationTileDto>) => (last.hasMore ? last.nextCursor : undefined),
    enabled: computed(() => options.enabled?.() ?? true),
    refetchInterval: (asked) => {
      if (import.meta.env.SSR) return false;
      const pages = asked.state.data?.pages;
      const small = pages?.length === 1 && pages[0]!.items.length < LIMITS.pageSize;
      return options.fills?.() && small && !document.hidden ? FILLING_MS : false;
    },
  });
  waitOnServer(query);
  /** An image published while one walks down pushes the pages along: the same one may come twice. */
  const tiles = computed(() => {
    const seen = new Set<string>();
    return (query.data.value?.pages ?? []).flatMap((page) => page.items).filter((tile) => !seen.has(tile.id) && seen.add(tile.id));
  });
  return { query, tiles };
}

export function useFeed(scope: MaybeRefOrGetter<"everyone" | "following">, enabled: () => boolean) {
  return usePages(
    () => ["generations", "feed", toValue(scope)],
    (cursor) => feedApi.feed(toValue(scope), cursor),
    { enabled, fills: () => toValue(scope) === "everyone" },
  );
}

export function useImagesOf(username: MaybeRefOrGetter<string>) {
  return usePages(
    () => ["generations", "ofUser", toValue(username)],
    (cursor) => feedApi.ofUser(toValue(username), cursor),
  );
}
