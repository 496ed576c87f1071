import { computed, onScopeDispose, toValue, watch, type ComputedRef, type MaybeRefOrGetter } from "vue";
import type { ProgressDto } from "@style-license/shared";
import { watchWork } from "./hub.ts";
import { useProgressStore } from "./progress.store.ts";

/** The newest progress of a job, or null. While it is watched, polling (where the stream cannot be had) is frequent. */
export function useProgress(jobId: MaybeRefOrGetter<string | null | undefined>): ComputedRef<ProgressDto | null> {
  const store = useProgressStore();
  let release: (() => void) | null = null;
  watch(
    () => Boolean(toValue(jobId)),
    (watched) => {
      release?.();
      release = watched ? watchWork() : null;
    },
    { immediate: true },
  );
  onScopeDispose(() => release?.());
  return computed(() => {
    const id = toValue(jobId);
    return (id && store.byJob.get(id)) || null;
  });
}
