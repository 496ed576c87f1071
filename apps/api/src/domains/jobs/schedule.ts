/**
 * When each waiting job will probably start. Pure: it plays the queue forward over the slots of the runners that live.
 *
 * slot     room for one job on one runner, with the queues that runner offers and the seconds until it is free
 * waiting  in the order in which runners take them
 */
import type { EstimateSeconds, JobShape } from './durations.ts';

export interface RunnerSlots { queues: readonly string[]; slots: number }
export interface RunningJob extends JobShape { elapsedSeconds: number; /** What its engine says. */ secondsLeft: number | null }
export interface WaitingJob extends JobShape { id: string; /** Not before so many seconds from now. */ delaySeconds: number }

/** A job that runs longer than such jobs ever did is taken to be nearly done. */
const OVERDUE_SECONDS = 1;

export function startTimes(runners: readonly RunnerSlots[], running: readonly RunningJob[], waiting: readonly WaitingJob[], estimate: EstimateSeconds): Map<string, number | null> {
  const slots = runners.flatMap(({ queues, slots: count }) => Array.from({ length: count }, () => ({ queues, freeInSeconds: 0 as number | null, taken: false })));
  for (const job of running) {
    const slot = slots.find(({ taken, queues }) => !taken && queues.includes(job.queue));
    if (!slot) continue; // its runner is not seen any more
    slot.taken = true;
    slot.freeInSeconds = remainingSeconds(job, estimate);
  }
  const starts = new Map<string, number | null>();
  for (const job of waiting) {
    const offering = slots.filter(({ queues }) => queues.includes(job.queue));
    const known = offering.filter(({ freeInSeconds }) => freeInSeconds !== null);
    const [first] = known.toSorted((a, b) => a.freeInSeconds! - b.freeInSeconds!);
    if (!first) {
      starts.set(job.id, null);
      continue;
    }
    const start = Math.max(first.freeInSeconds!, job.delaySeconds);
    starts.set(job.id, start);
    const seconds = estimate(job);
    first.freeInSeconds = seconds === null ? null : start + seconds;
  }
  return starts;
}

/** The engine knows best once it has said something; before, such jobs' usual time. */
function remainingSeconds(job: RunningJob, estimate: EstimateSeconds): number | null {
  const usual = estimate(job);
  const byHistory = usual === null ? null : Math.max(OVERDUE_SECONDS, usual - job.elapsedSeconds);
  if (job.secondsLeft === null) return byHistory;
  return byHistory === null ? job.secondsLeft : (job.secondsLeft + byHistory) / 2;
}
