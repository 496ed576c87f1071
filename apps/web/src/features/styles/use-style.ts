import { computed, type Ref } from "vue";
import { useQuery } from "@tanstack/vue-query";
import { waitOnServer } from "@/app/on-server.ts";
import { getOffered, getStyle } from "./styles.api.ts";

const OFFERED_FRESH_MS = 20_000;

export function useStyle(styleId: () => string) {
  const key = computed(() => ["styles", "get", styleId()] as const);
  const query = useQuery({ queryKey: key, queryFn: ({ queryKey: [, , id] }) => getStyle(id) });
  waitOnServer(query);
  return query;
}

/** False while no runner offers generations on this base model; asked again until one does. */
export function useRunnerOffered(baseModel: () => string | undefined): Readonly<Ref<boolean>> {
  const offered = useQuery({
    queryKey: ["system", "offered"],
    queryFn: getOffered,
    staleTime: OFFERED_FRESH_MS,
    refetchInterval: (query) => (query.state.data?.some((kind) => kind.startsWith("generation.")) ? false : OFFERED_FRESH_MS),
  });
  return computed(() => {
    const model = baseModel();
    return !model || !offered.data.value || offered.data.value.includes(`generation.${model}`);
  });
}
