/** Styles as the address asks for them: words, tags and order stand in the query, so that back, reload and a shared link show the same. */
import { computed, onScopeDispose, ref, watch } from "vue";
import { useInfiniteQuery, useQuery } from "@tanstack/vue-query";
import { useRoute, useRouter, type LocationQueryRaw } from "vue-router";
import type { Page, StyleCardDto } from "@style-license/shared";
import { exploreApi } from "./explore.api.ts";

const TYPING_MS = 180;
const TAGS_SHOWN = 16;
/** A young gallery gets its styles while one looks. */
const FILLING_MS = 8_000;
const FEW_STYLES = 6;
const many = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === "string" && one !== "");

export function useExplore() {
  const route = useRoute();
  const router = useRouter();
  const filter = computed(() => ({
    text: typeof route.query.find === "string" ? route.query.find.trim().slice(0, 100) : "",
    tags: many(route.query.tag).slice(0, 10),
    sort: route.query.sort === "recent" ? ("recent" as const) : ("popular" as const),
  }));

  function change(next: Partial<typeof filter.value>): void {
    const to = { ...filter.value, ...next };
    const query: LocationQueryRaw = {};
    if (to.text) query.find = to.text;
    if (to.tags.length) query.tag = to.tags;
    if (to.sort === "recent") query.sort = to.sort;
    void router.replace({ query });
  }

  const typed = ref(filter.value.text);
  let pause: ReturnType<typeof setTimeout> | undefined;
  watch(typed, (text) => {
    clearTimeout(pause);
    pause = setTimeout(() => text.trim() !== filter.value.text && change({ text: text.trim() }), TYPING_MS);
  });
  watch(
    () => filter.value.text,
    (text) => text !== typed.value.trim() && (typed.value = text),
  );
  onScopeDispose(() => clearTimeout(pause));

  const sort = computed({ get: () => filter.value.sort, set: (value) => change({ sort: value }) });
  const toggleTag = (tag: string) =>
    change({ tags: filter.value.tags.includes(tag) ? filter.value.tags.filter((one) => one !== tag) : [...filter.value.tags, tag] });

  const filtered = computed(() => filter.value.text !== "" || filter.value.tags.length > 0);
  const query = useInfiniteQuery({
    queryKey: computed(() => ["styles", "list", filter.value]),
    queryFn: ({ pageParam }) => exploreApi.styles(filter.value, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last: Page<StyleCardDto>) => (last.hasMore ? last.nextCursor : undefined),
    // While the next answer is on its way the last one stays: typing does not make the page blink.
    placeholderData: (previous) => previous,
    refetchInterval: (asked) => (!filtered.value && !document.hidden && (asked.state.data?.pages[0]?.items.length ?? FEW_STYLES) < FEW_STYLES ? FILLING_MS : false),
  });
  const tags = useQuery({ queryKey: ["styles", "tags", TAGS_SHOWN], queryFn: () => exploreApi.tags(TAGS_SHOWN) });
  const styles = computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []);
  /** A tag of the address stands among the others even when it is none of the most used. */
  const shownTags = computed(() => {
    const known = tags.data.value?.items ?? [];
    const rare = filter.value.tags.filter((tag) => !known.some((one) => one.tag === tag));
    return [...rare.map((tag) => ({ tag, count: undefined })), ...known];
  });
  const clear = () => {
    typed.value = "";
    change({ text: "", tags: [] });
  };
  return { filter, typed, sort, toggleTag, query, styles, shownTags, filtered, clear };
}
