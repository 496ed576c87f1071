/**
 * How long a job will probably run, from how long such jobs ran lately. Pure: rows in, seconds out.
 * Medians, since one run on a busy machine must not move them.
 */
import type { MeasuredRow } from './durations.sql.ts';

export interface JobShape { queue: string; size: string; items: number }
/** Seconds, or null when nothing like it has ever been measured. */
export type EstimateSeconds = (job: JobShape) => number | null;

/** With fewer exact matches than this, a rate per item over more of them is the better guess. */
const EXACT_MIN = 3;
/** Older runs tell of older engines and other machines. */
const NEWEST = 15;

export function estimateFrom(measured: readonly MeasuredRow[]): EstimateSeconds {
  const cache = new Map<string, number | null>();
  return (job) => {
    const key = `${job.queue} ${job.size} ${job.items}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const seconds = estimate(measured, job);
    cache.set(key, seconds);
    return seconds;
  };
}

function estimate(measured: readonly MeasuredRow[], job: JobShape): number | null {
  const ofQueue = measured.filter((row) => row.queue === job.queue);
  const ofSize = ofQueue.filter((row) => row.size === job.size);
  const exact = ofSize.filter((row) => row.items === job.items).slice(0, NEWEST);
  if (exact.length >= EXACT_MIN) return median(exact.map((row) => row.seconds));
  const alike = (ofSize.length > 0 ? ofSize : ofQueue).slice(0, NEWEST);
  const perItem = median(alike.map((row) => row.seconds / Math.max(1, row.items)));
  return perItem === null ? null : perItem * job.items;
}

export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
