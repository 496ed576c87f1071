import { computed } from "vue";
import { useMutation, useQuery, useQueryClient } from "@tanstack/vue-query";
import { isNewer } from "@style-license/shared";
import { useProgress } from "@/features/realtime/use-progress.ts";
import { getTraining, getTrainingEditor, publishStyle, stopTraining } from "./training.api.ts";
import { useStartTraining } from "./use-start-training.ts";

const WAITING_EVERY_MS = 5_000;
const RUNNING_EVERY_MS = 30_000;

/** The training of a style as it happens, and what its artist can do about it. */
export function useTraining(styleId: () => string) {
  const queries = useQueryClient();
  const start = useStartTraining();
  const training = useQuery({
    queryKey: computed(() => ["training", styleId()] as const),
    queryFn: ({ queryKey: [, id] }) => getTraining(id),
    // Places in the queue move without an event; a running one is told by the stream, and asked now and then all the same.
    refetchInterval: (query) => {
      const state = query.state.data?.state;
      return state === "pending" ? WAITING_EVERY_MS : state === "training" ? RUNNING_EVERY_MS : false;
    },
  });
  const editor = useQuery({ queryKey: computed(() => ["styles", "editor", styleId()] as const), queryFn: ({ queryKey: [, , id] }) => getTrainingEditor(id) });

  const running = computed(() => training.data.value?.state === "training" || training.data.value?.state === "pending");
  const live = useProgress(() => (running.value ? training.data.value?.jobId : null));
  const progress = computed(() => {
    const told = training.data.value?.job.progress ?? null;
    return live.value && live.value.jobId === training.data.value?.jobId && isNewer(live.value, told) ? live.value : told;
  });
  const refetch = async () => void (await Promise.all([training.refetch(), editor.refetch()]));
  const stop = useMutation({ mutationFn: () => stopTraining(styleId()), onSuccess: refetch });
  /** Anew, or with `true` from where it stopped. */
  const again = useMutation({ mutationFn: (resume: boolean) => start(styleId(), true, resume), onSuccess: refetch });
  const publish = useMutation({
    mutationFn: (checkpointId: string | null) => publishStyle(styleId(), checkpointId),
    onSuccess: async () => {
      await refetch();
      await queries.invalidateQueries({ queryKey: ["styles"] });
    },
  });
  return { training, editor, progress, running, stop, again, publish, refetch };
}
