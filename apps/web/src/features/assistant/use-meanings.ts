import { computed, type ComputedRef } from "vue";
import { useI18n } from "vue-i18n";
import { useQuery } from "@tanstack/vue-query";
import { MEANINGS_MAX } from "@style-license/shared";
import { assistantApi } from "./assistant.api.ts";

/** What English tags are called in Korean; asked for on Korean pages only. */
export function useMeanings(tags: () => readonly string[]): ComputedRef<Record<string, string>> {
  const { locale } = useI18n();
  const asked = computed(() => [...tags()].slice(0, MEANINGS_MAX).sort((a, b) => (a < b ? -1 : 1)));
  const query = useQuery({
    queryKey: computed(() => ["assistant", "meanings", asked.value]),
    queryFn: () => assistantApi.meanings(asked.value),
    enabled: computed(() => locale.value === "ko" && asked.value.length > 0),
    staleTime: Infinity,
  });
  return computed(() => (locale.value === "ko" ? (query.data.value ?? {}) : {}));
}
