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

/** When each waiting job will probably start, in seconds from now; null where nothing offers it or nothing was measured. */
export function startTimes(runners: readonly RunnerSlots[], running: readonly RunningJob[], waiting: readonly WaitingJob[], estimate: EstimateSeconds): Map<string, number | null> {
  const take = openSchedule(runners, running, estimate);
  return new Map(waiting.map((job) => [job.id, take(job)]));
}

interface Slot { queues: readonly string[]; freeInSeconds: number | null; taken: boolean }

/** The slots after what runs now; each job that is given takes the first that is free for it, and its start comes back. */
export function openSchedule(runners: readonly RunnerSlots[], running: readonly RunningJob[], estimate: EstimateSeconds): (job: WaitingJob) => number | null {
  const slots = runners.flatMap(({ queues, slots: count }) => Array.from({ length: count }, (): Slot => ({ queues, freeInSeconds: 0, taken: false })));
  for (const job of running) {
    const slot = slots.find(({ taken, queues }) => !taken && queues.includes(job.queue));
    if (!slot) continue; // its runner is not seen any more
    slot.taken = true;
    slot.freeInSeconds = remainingSeconds(job, estimate);
  }
  return (job) => {
    const first = firstFree(slots, job.queue);
    if (!first) return null;
    const start = Math.max(first.freeInSeconds!, job.delaySeconds);
    const seconds = estimate(job);
    first.freeInSeconds = seconds === null ? null : start + seconds;
    return start;
  };
}

function firstFree(slots: readonly Slot[], queue: string): Slot | undefined {
  let first: Slot | undefined;
  for (const slot of slots) {
    if (slot.freeInSeconds === null || !slot.queues.includes(queue)) continue;
    if (!first || slot.freeInSeconds < first.freeInSeconds!) first = slot;
  }
  return first;
}

/** The engine knows best once it has said something; before, such jobs' usual time. */
function remainingSeconds(job: RunningJob, estimate: EstimateSeconds): number | null {
  const usual = estimate(job);
  const byHistory = usual === null ? null : Math.max(OVERDUE_SECONDS, usual - job.elapsedSeconds);
  if (job.secondsLeft === null) return byHistory;
  return byHistory === null ? job.secondsLeft : (job.secondsLeft + byHistory) / 2;
}
