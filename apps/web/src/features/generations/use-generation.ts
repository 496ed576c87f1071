import { computed, ref } from "vue";
import { useMutation, useQuery, useQueryClient } from "@tanstack/vue-query";
import type { GenerationDto } from "@style-license/shared";
import { waitOnServer } from "@/app/on-server.ts";
import { describeGeneration, getGeneration, publishGeneration, unpublishGeneration } from "./generations.api.ts";
import { useGenerations } from "./generations.store.ts";

/** One image and what its owner can do with it. Every answer is the image as it then is. */
export function useGeneration(generationId: () => string) {
  const queries = useQueryClient();
  const store = useGenerations();
  const query = useQuery({
    queryKey: computed(() => ["generations", "get", generationId()] as const),
    queryFn: ({ queryKey: [, , id] }) => getGeneration(id),
  });
  waitOnServer(query);

  function apply(generation: GenerationDto): void {
    queries.setQueryData(["generations", "get", generation.id], generation);
    store.applyGeneration(generation);
    for (const list of ["mine", "feed", "ofUser", "ofStyle"]) void queries.invalidateQueries({ queryKey: ["generations", list] });
  }
  const publish = useMutation({ mutationFn: () => publishGeneration(generationId()), onSuccess: apply });
  const unpublish = useMutation({ mutationFn: () => unpublishGeneration(generationId()), onSuccess: apply });
  const describe = useMutation({ mutationFn: (text: string) => describeGeneration(generationId(), text), onSuccess: apply });
  const describing = ref(false);
  return { query, publish, unpublish, describe, describing };
}
