/**
 * How far a job is and how long it still takes. A job is a row of parts (bring the files, train, image 1 … image n, finish);
 * each has an expected time. What is over is known, what is to come is expected, and what runs now is both: early on the
 * expectation counts more, towards the end the measurement does.
 */
import { shareAt, type Sample, type Timing } from './timing.ts';

export interface Part {
  name: string;
  /** Under which its time is learned. */
  key: string;
  timing: Timing;
}
/** Told of each part that ran to its end. */
export type Learned = (key: string, samples: readonly Sample[], totalMs: number) => void;

interface Running {
  index: number;
  begunMs: number;
  fraction: number;
  samples: Sample[];
}

/** Before this share of a part has passed, its own speed says nothing yet. */
const TRUST_FROM_SHARE = 0.05;

export class JobClock {
  private readonly parts: readonly Part[];
  private readonly onLearned: Learned;
  private readonly now: () => number;
  private readonly expectedMs: number;
  private running: Running | null = null;
  private highest = 0;
  /** How much slower (>1) or faster this job goes than expected, from the parts that are over. */
  private measuredMs = 0;
  private plannedMs = 0;

  constructor(parts: readonly Part[], onLearned: Learned, now: () => number = () => performance.now()) {
    this.parts = parts;
    this.onLearned = onLearned;
    this.now = now;
    this.expectedMs = parts.reduce((sum, { timing }) => sum + timing.totalMs, 0);
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
    const before = this.parts.slice(0, index).reduce((sum, { timing }) => sum + timing.totalMs, 0);
    const { timing } = this.parts[index]!;
    this.highest = Math.max(this.highest, Math.min(1, (before + timing.totalMs * shareAt(timing, fraction)) / this.expectedMs));
    return this.highest;
  }

  get secondsLeft(): number | null {
    if (this.running === null) return null;
    const after = this.parts.slice(this.running.index + 1).reduce((sum, { timing }) => sum + timing.totalMs, 0);
    return Math.max(0, (this.leftOfRunningMs() + after * this.pace()) / 1000);
  }

  private start(index: number): void {
    this.endRunning();
    this.running = { index, begunMs: this.now(), fraction: 0, samples: [] };
  }

  private endRunning(): void {
    if (this.running === null) return;
    const { key, timing } = this.parts[this.running.index]!;
    const tookMs = this.now() - this.running.begunMs;
    this.measuredMs += tookMs;
    this.plannedMs += timing.totalMs;
    this.onLearned(key, this.running.samples, tookMs);
  }

  private leftOfRunningMs(): number {
    const { index, begunMs, fraction } = this.running!;
    const { timing } = this.parts[index]!;
    const share = shareAt(timing, fraction);
    const elapsed = this.now() - begunMs;
    const expected = timing.totalMs * this.pace() * (1 - share);
    if (share < TRUST_FROM_SHARE) return Math.max(0, expected);
    const measured = (elapsed / share) * (1 - share);
    return expected * (1 - share) + measured * share;
  }

  /** The pace so far, held within reason: one slow part is no slow job. */
  private pace(): number {
    if (this.plannedMs === 0) return 1;
    return Math.min(4, Math.max(0.25, this.measuredMs / this.plannedMs));
  }
}
