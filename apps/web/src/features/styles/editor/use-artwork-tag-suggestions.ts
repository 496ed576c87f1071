import { computed, type ComputedRef } from "vue";
import { useQuery } from "@tanstack/vue-query";
import type { TagSuggestion } from "@/ui/TagField.vue";
import { useTagSuggestions } from "@/features/generations/use-tag-suggestions.ts";
import { suggestTags } from "../styles.api.ts";
import { useStyleEditor } from "./editor.store.ts";

/** The set's own tags first, then those that other styles use, so that the same thing gets the same word. */
export function useArtworkTagSuggestions(): ComputedRef<TagSuggestion[]> {
  const store = useStyleEditor();
  const common = useQuery({ queryKey: ["styles", "tags", ""], queryFn: () => suggestTags("") });
  const own = useTagSuggestions(() => store.usedTags);
  const others = useTagSuggestions(() => common.data.value ?? []);
  return computed(() => {
    const known = new Set(own.value.map(({ tag }) => tag));
    return [...own.value, ...others.value.filter(({ tag }) => !known.has(tag) && tag !== store.ownTag).map(({ tag, translation }) => ({ tag, translation }))];
  });
}
