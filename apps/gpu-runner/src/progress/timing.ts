/**
 * How long work takes on this machine, learned from the work itself. For each kind of part (training on about so many
 * artworks, an image of such a size) it keeps the time in all, and which share of that time had passed at each twentieth of
 * the engine's own progress: engines count steps, and steps are not equally long.
 */
export const BINS = 20;

export interface Timing {
  /** How many runs it was learned from; 0: a guess. */
  runs: number;
  totalMs: number;
  /** shares[k]: share of the time passed when the engine said k/BINS. Rising, from 0 to 1. */
  shares: number[];
}

/** A point of a run: what the engine said, and when. */
export interface Sample {
  fraction: number;
  ms: number;
}

/** What a new run counts against all before it, once there are some: a machine's speed changes. */
const NEW_WEIGHT = 0.3;

/** A guess until something was learned; steps of equal length, unless a shape is known. */
export const guess = (totalMs: number, shares: readonly number[] = EVEN): Timing => ({ runs: 0, totalMs, shares: [...shares] });
const EVEN = Array.from({ length: BINS + 1 }, (_, k) => k / BINS);

/** Share of the time that has passed at this fraction of the engine's progress. */
export function shareAt(timing: Timing, fraction: number): number {
  const at = Math.min(1, Math.max(0, fraction)) * BINS;
  const low = Math.min(BINS - 1, Math.floor(at));
  const [from, to] = [timing.shares[low]!, timing.shares[low + 1]!];
  return from + (to - from) * (at - low);
}

/** What a finished run teaches. `known` null: the first of its kind. */
export function learn(known: Timing | null, samples: readonly Sample[], totalMs: number): Timing {
  const seen = measuredShares(samples, totalMs);
  if (known === null) return { runs: 1, totalMs, shares: seen };
  const weight = Math.max(NEW_WEIGHT, 1 / (known.runs + 1));
  const blend = (old: number, fresh: number): number => old + (fresh - old) * weight;
  return { runs: known.runs + 1, totalMs: blend(known.totalMs, totalMs), shares: seen.map((share, k) => blend(known.shares[k]!, share)) };
}

function measuredShares(samples: readonly Sample[], totalMs: number): number[] {
  const points = [{ fraction: 0, ms: 0 }, ...samples, { fraction: 1, ms: totalMs }];
  let upper = 1;
  return Array.from({ length: BINS + 1 }, (_, k) => {
    if (k === 0) return 0;
    if (k === BINS) return 1;
    const at = k / BINS;
    while (upper < points.length - 1 && points[upper]!.fraction < at) upper++;
    const [a, b] = [points[upper - 1]!, points[upper]!];
    const within = b.fraction > a.fraction ? (at - a.fraction) / (b.fraction - a.fraction) : 1;
    return Math.min(1, Math.max(0, (a.ms + (b.ms - a.ms) * Math.min(1, Math.max(0, within))) / totalMs));
  });
}
