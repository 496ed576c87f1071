import type { Emit, ProgressEvent } from './events.ts';

const QUIET_MS = 120;

/** Reports progress several times a second, never more often; the first and last step of a phase and every loss always. */
export class Progress {
  private readonly emit: Emit;
  private readonly begun = performance.now();
  private readonly weights: Map<string, { from: number; share: number }>;
  private readonly extra: Partial<ProgressEvent>;
  private last = 0;
  private highest = 0;

  /** `shares` says how much of the whole each phase takes, in order. */
  constructor(emit: Emit, shares: readonly (readonly [ProgressEvent['phase'], number])[], extra: Partial<ProgressEvent> = {}) {
    this.emit = emit;
    this.extra = extra;
    const all = shares.reduce((sum, [, share]) => sum + share, 0);
    this.weights = new Map();
    let from = 0;
    for (const [phase, share] of shares) {
      this.weights.set(phase, { from: from / all, share: share / all });
      from += share;
    }
  }

  get ms(): number {
    return Math.round(performance.now() - this.begun);
  }

  step(phase: ProgressEvent['phase'], step: number, total: number, loss?: number): void {
    const now = performance.now();
    if (loss === undefined && step !== total && step !== 0 && now - this.last < QUIET_MS) return;
    this.last = now;
    const place = this.weights.get(phase) ?? { from: 0, share: 1 };
    this.highest = Math.max(this.highest, Math.min(1, place.from + place.share * (step / total)));
    const fraction = Math.round(this.highest * 10000) / 10000;
    this.emit({ event: 'progress', phase, step, total, fraction, ...(loss === undefined ? {} : { loss }), ...this.extra, ms: this.ms });
  }
}
