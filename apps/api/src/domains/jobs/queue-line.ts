/**
 * The queue as it was read, and who joined it since. Pure. A reading of the whole line is as long as the line; whoever has just submitted is put into
 * the last one, at the place that their turn gives them, so that an order costs the same whoever waits.
 */
import { openSchedule, type RunnerSlots, type RunningJob, type WaitingJob } from './schedule.ts';
import type { EstimateSeconds } from './durations.ts';

export interface LineJob extends WaitingJob { pool: string; turn: bigint; createdAt: Date }
/** Jobs before it in its pool, and seconds from the reading until it probably starts. */
export interface Place { position: number; startsInSeconds: number | null }

export class QueueLine {
  /** In the order in which runners take them. */
  readonly #jobs: LineJob[];
  readonly #places = new Map<string, Place>();
  readonly #take: (job: WaitingJob) => number | null;
  /** Everybody's jobs stand before any of the demo gallery's. */
  #beforeDemo: number;

  /** `waiting`: in the order in which runners take them. */
  constructor(runners: readonly RunnerSlots[], running: readonly RunningJob[], waiting: readonly LineJob[], estimate: EstimateSeconds) {
    this.#jobs = [...waiting];
    this.#take = openSchedule(runners, running, estimate);
    const firstOfDemo = waiting.findIndex(isDemo);
    this.#beforeDemo = firstOfDemo < 0 ? waiting.length : firstOfDemo;
    waiting.forEach((job, index) => this.#places.set(job.id, { position: this.#position(job, index), startsInSeconds: this.#take(job) }));
  }

  /** Where a waiting job stands; one that is not in the line yet joins it. */
  placeOf(job: LineJob): Place {
    const known = this.#places.get(job.id);
    if (known) return known;
    const index = this.#indexFor(job);
    // It starts when the next such job would have; behind all of them, when a slot is free. Who stands behind it learns that with the next reading.
    const next = this.#jobs.find(({ queue }, at) => at >= index && queue === job.queue);
    const atTheEnd = this.#take(job);
    this.#jobs.splice(index, 0, job);
    if (!isDemo(job)) this.#beforeDemo++;
    const startsInSeconds = next ? this.#places.get(next.id)!.startsInSeconds : atTheEnd;
    const place = { position: this.#position(job, index), startsInSeconds: startsInSeconds === null ? null : Math.max(startsInSeconds, job.delaySeconds) };
    this.#places.set(job.id, place);
    return place;
  }

  #position(job: LineJob, index: number): number {
    return isDemo(job) ? index - this.#beforeDemo : index;
  }

  #indexFor(job: LineJob): number {
    let [from, to] = [0, this.#jobs.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (isBefore(this.#jobs[middle]!, job)) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

const isDemo = ({ pool }: Pick<LineJob, 'pool'>): boolean => pool === 'demo';

/** The same order as the reading's. */
function isBefore(a: LineJob, b: LineJob): boolean {
  if (isDemo(a) !== isDemo(b)) return isDemo(b);
  if (a.turn !== b.turn) return a.turn < b.turn;
  const [at, bt] = [a.createdAt.getTime(), b.createdAt.getTime()];
  return at === bt ? a.id < b.id : at < bt;
}
