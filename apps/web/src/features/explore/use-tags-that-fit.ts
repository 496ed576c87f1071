/**
 * The tags under the search: the most used ones, and while one types those that begin so. Tags are English; a Korean word finds the
 * tags that mean it, by the little dictionary that is loaded for Korean only.
 */
import { computed, ref, watch, type Ref } from "vue";
import { useQuery } from "@tanstack/vue-query";
import { useI18n } from "vue-i18n";
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

  const meanings = ref<Record<string, string>>({});
  watch(
    () => locale.value === "ko" || isKorean.value,
    async (wanted) => {
      if (wanted && Object.keys(meanings.value).length === 0) meanings.value = (await import("@/features/generations/tag-words.ko.json")).default;
    },
    { immediate: true },
  );
  const byMeaning = computed(() =>
    Object.entries(meanings.value)
      .filter(([, meaning]) => meaning.startsWith(text.value))
      .slice(0, BY_MEANING)
      .map(([tag, meaning]): ShownTag => ({ tag, meaning })),
  );

  const suggestions = computed((): ShownTag[] => {
    if (text.value === "") return [];
    return isKorean.value ? byMeaning.value : (beginning.data.value?.items ?? []);
  });
  const shownTags = computed((): ShownTag[] => {
    const known = suggestions.value.length > 0 ? suggestions.value : (most.data.value?.items ?? []);
    // A tag of the address stands among the others even when it is none of them.
    const rare = filter.value.tags.filter((tag) => !known.some((one) => one.tag === tag));
    return [...rare.map((tag) => ({ tag })), ...known].map((one) => ({ ...one, meaning: locale.value === "ko" ? meanings.value[one.tag] : undefined }));
  });
  return { suggestions, shownTags };
}
