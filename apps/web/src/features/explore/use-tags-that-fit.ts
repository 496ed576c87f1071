/**
 * The tags under the search: the most used ones, and while one types those that begin so. Tags are English; a Korean word finds the
 * tags that mean it, by the dictionary of the server.
 */
import { computed, type Ref } from "vue";
import { useQuery } from "@tanstack/vue-query";
import { useI18n } from "vue-i18n";
import { LIMITS } from "@style-license/shared";
import { assistantApi } from "@/features/assistant/assistant.api.ts";
import { useMeanings } from "@/features/assistant/use-meanings.ts";
import { exploreApi } from "./explore.api.ts";

const TAGS_SHOWN = 16;
const BY_MEANING = 6;
const KOREAN = /[ㄱ-ㆎ가-힣]/;

export interface ShownTag {
  tag: string;
  count?: number;
  meaning?: string;
}

export function useTagsThatFit(filter: Readonly<Ref<{ text: string; tags: string[] }>>) {
  const { locale } = useI18n();
  const most = useQuery({ queryKey: ["styles", "tags", TAGS_SHOWN], queryFn: () => exploreApi.tags(TAGS_SHOWN) });
  const text = computed(() => filter.value.text);
  const isKorean = computed(() => KOREAN.test(text.value));
  const beginning = useQuery({
    queryKey: computed(() => ["search", "suggest", text.value]),
    queryFn: ({ signal }) => exploreApi.suggest(text.value, signal),
    enabled: computed(() => text.value !== "" && !isKorean.value),
    placeholderData: (previous) => previous,
  });

  const byMeaning = useQuery({
    queryKey: computed(() => ["assistant", "tagsMeaning", text.value]),
    queryFn: () => assistantApi.tagsMeaning(text.value.slice(0, LIMITS.tagMaxChars), BY_MEANING),
    enabled: computed(() => text.value.trim() !== "" && isKorean.value),
    placeholderData: (previous) => previous,
    staleTime: Infinity,
  });

  const suggestions = computed((): ShownTag[] => {
    if (text.value === "") return [];
    return isKorean.value ? (byMeaning.data.value ?? []) : (beginning.data.value?.items ?? []);
  });
  const fitting = computed((): ShownTag[] => {
    const known = suggestions.value.length > 0 ? suggestions.value : (most.data.value?.items ?? []);
    // A tag of the address stands among the others even when it is none of them.
    const rare = filter.value.tags.filter((tag) => !known.some((one) => one.tag === tag));
    return [...rare.map((tag) => ({ tag })), ...known];
  });
  const meanings = useMeanings(() => fitting.value.map(({ tag }) => tag));
  const shownTags = computed((): ShownTag[] => fitting.value.map((one) => ({ ...one, meaning: locale.value === "ko" ? (one.meaning ?? meanings.value[one.tag]) : undefined })));
  return { suggestions, shownTags };
}
