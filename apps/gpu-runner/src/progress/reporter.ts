/** Writes the job's progress row: the newest state, at most twice a second, one write at a time (R10). */
import type { Logger } from 'pino';
import { writeProgress } from '../database/progress-row.ts';
import type { Sql } from '../database/database.ts';
import type { AttemptKey } from '../database/reports.ts';
import type { JobClock } from './job-clock.ts';
import { LossCurve } from './loss-curve.ts';

export interface Step {
  phase: string;
  step: number;
  of: number;
  /** Ordinal among the items of this attempt. */
  item: number;
  loss?: number | null;
}

export interface ProgressReporter {
  step: (step: Step) => void;
  preview: (item: number, preview: Buffer) => void;
  /** Writes nothing more; resolves when the last write is through. */
  close: () => Promise<void>;
}

const WRITE_EVERY_MS = 500;

export function progressReporter(options: { sql: Sql; key: AttemptKey; items: number; clock: JobClock; log: Logger }): ProgressReporter {
  const { sql, key, items, clock, log } = options;
  const losses = new LossCurve();
  let state: Step = { phase: 'prepare', step: 0, of: 1, item: 0 };
  let loss: number | null = null;
  let lossAt: [number, number] | null = null;
  let preview: { item: number; bytes: Buffer } | null = null;
  let sequence = 0;
  let writing: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let lastWriteMs = -WRITE_EVERY_MS;
  let closed = false;
  /** Something came that no write has said. */
  let unsaid = false;

  const write = async (): Promise<void> => {
    unsaid = false;
    lastWriteMs = performance.now();
    const shown = preview?.item === state.item ? preview.bytes : null;
    preview = null;
    const secondsLeft = clock.secondsLeft;
    try {
      await writeProgress(sql, {
        ...key, sequence: ++sequence, phase: state.phase, step: Math.min(state.step, state.of), of: state.of, item: Math.min(state.item, items - 1), items,
        fraction: clock.fraction, secondsLeft: secondsLeft === null ? null : Math.round(secondsLeft * 10) / 10, loss, lossCurve: losses.with(lossAt).slice(-200), preview: shown,
      });
    } catch (error) {
      // Progress is for looking at: the work goes on without it, and the next write says more anyway.
      log.warn({ err: error, ...key }, 'progress was not written');
    }
  };
  const soon = (): void => {
    unsaid = true;
    if (closed || writing !== null || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      writing = write().finally(() => {
        writing = null;
        // What came meanwhile may be the last for long.
        if (unsaid) soon();
      });
    }, Math.max(0, lastWriteMs + WRITE_EVERY_MS - performance.now()));
  };

  return {
    step: (step) => {
      state = step;
      if (typeof step.loss === 'number' && Number.isFinite(step.loss)) {
        loss = step.loss;
        lossAt = [clock.fraction, step.loss];
        losses.add(...lossAt);
      }
      soon();
    },
    preview: (item, bytes) => {
      preview = { item, bytes };
      soon();
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await writing;
    },
  };
}
