/**
 * How far a job is and how long it still takes. A job is a row of parts (bring the files, train, image 1 … image n, finish);
 * each has an expected time. What is left is the expected time of what is left, times the pace of this very job: how long its work
 * has taken so far against what was expected of it. Early on there is little to go by, so the pace starts at 1 and moves as
 * evidence comes in; where nothing was learned before, it moves at once.
 */
import { shareAt, type Sample, type Timing } from './timing.ts';

export interface Part {
  name: string;
  /** Under which its time is learned. */
  key: string;
  timing: Timing;
  /** Starting programs, moving files: its time says nothing about the pace of the work. */
  overhead: boolean;
}
/** Told of each part that ran to its end. */
export type Learned = (key: string, samples: readonly Sample[], totalMs: number) => void;

interface Running {
  index: number;
  begunMs: number;
  fraction: number;
  samples: Sample[];
}

/** How much of the expected work counts as evidence for «as expected»: more where the expectation was learned here. */
const PRIOR_LEARNED = 0.12;
const PRIOR_GUESSED = 0.03;

export class JobClock {
  private readonly parts: readonly Part[];
  private readonly onLearned: Learned;
  private readonly now: () => number;
  private readonly expectedMs: number;
  private readonly priorMs: number;
  private running: Running | null = null;
  private highest = 0;
  /** Of the work parts that are over: what they took, and what had been expected of them. */
  private tookMs = 0;
  private plannedMs = 0;

  constructor(parts: readonly Part[], onLearned: Learned, now: () => number = () => performance.now()) {
    this.parts = parts;
    this.onLearned = onLearned;
    this.now = now;
    this.expectedMs = totalOf(parts);
    this.priorMs = parts.filter(({ overhead }) => !overhead).reduce((sum, { timing }) => sum + timing.totalMs * (timing.runs > 0 ? PRIOR_LEARNED : PRIOR_GUESSED), 0);
  }

  /** A part is at this fraction of itself. Parts before it are over. */
  at(name: string, fraction: number): void {
    const index = this.parts.findIndex((part) => part.name === name);
    if (index === -1 || (this.running !== null && index < this.running.index)) return;
    if (this.running?.index !== index) this.start(index);
    const running = this.running!;
    if (fraction <= running.fraction) return;
    running.fraction = Math.min(1, fraction);
    running.samples.push({ fraction: running.fraction, ms: this.now() - running.begunMs });
  }

  /** The last part is over. */
  finish(): void {
    this.endRunning();
    this.highest = 1;
    this.running = null;
  }

  /** Of the whole job, never falling. */
  get fraction(): number {
    if (this.running === null || this.expectedMs === 0) return this.highest;
    const { index, fraction } = this.running;
    const { timing } = this.parts[index]!;
    const done = totalOf(this.parts.slice(0, index)) + timing.totalMs * shareAt(timing, fraction);
    this.highest = Math.max(this.highest, Math.min(1, done / this.expectedMs));
    return this.highest;
  }

  get secondsLeft(): number | null {
    if (this.running === null) return null;
    const { index, fraction } = this.running;
    const current = this.parts[index]!;
    const later = this.parts.slice(index + 1);
    const currentMs = current.timing.totalMs * (1 - shareAt(current.timing, fraction));
    const workMs = (current.overhead ? 0 : currentMs) + totalOf(later.filter(({ overhead }) => !overhead));
    const overheadMs = (current.overhead ? currentMs : 0) + totalOf(later.filter(({ overhead }) => overhead));
    return (workMs * this.pace() + overheadMs) / 1000;
  }

  private start(index: number): void {
    this.endRunning();
    this.running = { index, begunMs: this.now(), fraction: 0, samples: [] };
  }

  private endRunning(): void {
    if (this.running === null) return;
    const { key, timing, overhead } = this.parts[this.running.index]!;
    const tookMs = this.now() - this.running.begunMs;
    if (!overhead) {
      this.tookMs += tookMs;
      this.plannedMs += timing.totalMs;
    }
    this.onLearned(key, this.running.samples, tookMs);
  }

  /** What the work took for each millisecond expected of it, up to the last sign of the engine. */
  private pace(): number {
    const { index, fraction, samples } = this.running!;
    const { timing, overhead } = this.parts[index]!;
    const took = this.tookMs + (overhead ? 0 : (samples.at(-1)?.ms ?? 0));
    const planned = this.plannedMs + (overhead ? 0 : timing.totalMs * shareAt(timing, fraction));
    return planned + this.priorMs === 0 ? 1 : (took + this.priorMs) / (planned + this.priorMs);
  }
}

const totalOf = (parts: readonly Part[]): number => parts.reduce((sum, { timing }) => sum + timing.totalMs, 0);
