/**
 * A page's own work, apart from what else the machine does meanwhile. Lighthouse takes a task for as long as it lasted; where app, database and browser
 * share two processors, half of that may be waiting for one. A trace tells the processor time of each task too.
 */
import { getLogNormalScore } from 'lighthouse/shared/statistics.js';

/** Of a browser's trace: times in µs. */
export interface TraceEvent { name: string; ph: string; pid: number; tid: number; ts: number; dur?: number; tdur?: number }

const LONG_TASK_MS = 50;

/**
 * Lighthouse's Total Blocking Time (what every task after the first paint lasts beyond 50 ms), had each task lasted no longer than it had a processor.
 * @param slowdown how many times slower the simulated processor is
 * @returns ms; null where the trace has no first paint
 */
export function blockedByOwnWork(events: readonly TraceEvent[], slowdown: number): number | null {
  const painted = events.find(({ name }) => name === 'firstContentfulPaint');
  if (painted === undefined) return null;
  const tasks = events.filter(({ name, ph, pid, tid, ts }) => ph === 'X' && /(?:^|::)RunTask$/.test(name) && pid === painted.pid && tid === painted.tid && ts >= painted.ts);
  return tasks.reduce((sum, { tdur = 0 }) => sum + Math.max(0, (tdur / 1_000) * slowdown - LONG_TASK_MS), 0);
}

/** How Lighthouse scores an audit by its value, and how much of the category it is (0..1). */
export interface Scoring { value: number; p10: number; median: number; share: number }

/** A category's score (0..1), had one audit had another value. */
export function scoreWith(score: number, { value, p10, median, share }: Scoring, other: number): number {
  const rate = (ms: number): number => getLogNormalScore({ p10, median }, ms);
  return score + share * (rate(other) - rate(value));
}
