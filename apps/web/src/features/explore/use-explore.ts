/** Styles and artists as the address asks for them: words, tags and order stand in the query, so that back, reload and a shared link show the same. */
import { computed, onScopeDispose, ref, watch } from "vue";
import { useInfiniteQuery, useQuery } from "@tanstack/vue-query";
import { useRoute, useRouter, type LocationQueryRaw } from "vue-router";
import type { StyleHitPage } from "@style-license/shared";
import { useSession } from "@/features/accounts/session.store.ts";
import { exploreApi } from "./explore.api.ts";
import { useTagsThatFit } from "./use-tags-that-fit.ts";

const TYPING_MS = 180;
/** A young gallery gets its styles while one looks. */
const FILLING_MS = 8_000;
const FEW_STYLES = 6;
const ARTISTS_SHOWN = 4;
const ARTISTS_MORE = 24;
const many = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === "string" && one !== "");

export function useExplore() {
  const route = useRoute();
  const router = useRouter();
  const session = useSession();
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
  function toggleTag(tag: string): void {
    if (filter.value.tags.includes(tag)) return change({ tags: filter.value.tags.filter((one) => one !== tag) });
    // A tag that was suggested for the words stands in their place.
    const suggested = filter.value.text !== "" && tags.suggestions.value.some((one) => one.tag === tag);
    if (suggested) typed.value = "";
    change({ tags: [...filter.value.tags, tag], ...(suggested ? { text: "" } : {}) });
  }

  const filtered = computed(() => filter.value.text !== "" || filter.value.tags.length > 0);
  const query = useInfiniteQuery({
    queryKey: computed(() => ["styles", "search", filter.value]),
    // The signal ends a request that was overtaken by the next letter.
    queryFn: ({ pageParam, signal }) => exploreApi.styles(filter.value, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last: StyleHitPage) => (last.hasMore ? last.nextCursor : undefined),
    // While the next answer is on its way the last one stays: typing does not make the page blink.
    placeholderData: (previous) => previous,
    refetchInterval: (asked) => (!filtered.value && !document.hidden && (asked.state.data?.pages[0]?.items.length ?? FEW_STYLES) < FEW_STYLES ? FILLING_MS : false),
  });
  const styles = computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []);
  const forgiven = computed(() => filter.value.text !== "" && (query.data.value?.pages[0]?.forgiven ?? false));

  /** Who found styles did not mistype an artist: only then names that come near are wanted. */
  const mistyped = computed(() => query.isSuccess.value && !query.isPlaceholderData.value && (forgiven.value || styles.value.length === 0));
  const allArtists = ref(false);
  watch(() => filter.value.text, () => (allArtists.value = false));
  const artists = useQuery({
    queryKey: computed(() => ["search", "artists", filter.value.text, allArtists.value, mistyped.value]),
    queryFn: ({ signal }) => exploreApi.artists(filter.value.text, allArtists.value ? ARTISTS_MORE : ARTISTS_SHOWN, mistyped.value, signal),
    enabled: computed(() => filter.value.text !== ""),
    placeholderData: (previous) => previous,
  });
  const foundArtists = computed(() => (filter.value.text === "" ? null : (artists.data.value ?? null)));
  const followed = useQuery({ queryKey: ["search", "followed"], queryFn: exploreApi.followed, enabled: computed(() => session.signedIn && !filtered.value) });
  const followedArtists = computed(() => (session.signedIn && !filtered.value && followed.data.value?.items.length ? followed.data.value : null));

  const tags = useTagsThatFit(filter);
  const clear = () => {
    typed.value = "";
    change({ text: "", tags: [] });
  };
  return { filter, typed, sort, toggleTag, query, styles, forgiven, foundArtists, allArtists, followedArtists, shownTags: tags.shownTags, filtered, clear };
}
