/** The newest progress of each job in work. Older news and news of an older attempt are ignored. */
import { defineStore } from "pinia";
import { shallowReactive } from "vue";
import type { ProgressDto } from "@style-license/shared";
import { listen } from "./hub.ts";

type Order = Pick<ProgressDto, "attempt" | "sequence">;

/** Whether `next` is newer: a later attempt, or a later word of the same. */
export const isNewerProgress = (next: Order, current: Order | undefined): boolean =>
  !current || next.attempt > current.attempt || (next.attempt === current.attempt && next.sequence > current.sequence);

export const useProgressStore = defineStore("progress", () => {
  const byJob = shallowReactive(new Map<string, ProgressDto>());

  function applyProgress(progress: ProgressDto): void {
    if (isNewerProgress(progress, byJob.get(progress.jobId))) byJob.set(progress.jobId, progress);
  }
  function forget(jobId: string): void {
    byJob.delete(jobId);
  }
  listen({ progress: applyProgress });
  return { byJob, applyProgress, forget };
});
