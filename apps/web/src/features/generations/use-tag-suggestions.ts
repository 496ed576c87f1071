import { computed, ref, watch, type ComputedRef } from "vue";
import { useI18n } from "vue-i18n";
import type { TagCountDto } from "@style-license/shared";
import type { TagSuggestion } from "@/ui/TagField.vue";

/**
 * A style's own tags as suggestions, the most used first. Tags are English; in Korean the meaning stands behind each, and typing the
 * Korean word finds it. The little dictionary is loaded in Korean only.
 */
export function useTagSuggestions(tags: () => readonly TagCountDto[]): ComputedRef<TagSuggestion[]> {
  const { locale } = useI18n();
  const words = ref<Record<string, string>>({});
  watch(
    locale,
    async (language) => {
      words.value = language === "ko" ? (await import("./tag-words.ko.json")).default : {};
    },
    { immediate: true },
  );
  return computed(() =>
    [...tags()].sort((a, b) => b.count - a.count || a.tag.localeCompare(b.tag)).map(({ tag, count }) => ({ tag, count, translation: words.value[tag] })),
  );
}
