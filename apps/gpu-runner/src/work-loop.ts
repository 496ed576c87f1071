/**
 * Takes a slot first and then claims, so that nothing is claimed which would have to wait (R4). Woken by a notification; once a
 * second it looks by itself, so that a lost notification delays and never loses.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import { claimNext, type ClaimedRow } from './database/claim.ts';
import type { Sql } from './database/database.ts';
import type { Device } from './engines/engine.ts';
import type { GpuSlots } from './gpu/gpu-slots.ts';
import type { Head } from './warm-first.ts';
import type { RunningAttempt } from './run-attempt.ts';

export interface WorkLoop {
  /** There may be something to do. */
  wake: () => void;
  /** The owner of this job may have cancelled it. */
  cancelled: (jobId: string) => void;
  /** Claims nothing more; gives back what is not done in time. Resolves when all has ended. */
  stop: (withinMs: number) => Promise<void>;
  /** Ends all that works and gives it back; claims go on being taken while there are queues. */
  giveBackAll: () => void;
  readonly busy: number;
}

export interface WorkLoopOptions {
  slots: number;
  /** Queues that this runner serves. */
  queues: () => readonly string[];
  /** Which of them have a GPU free, and the one that a job gets. */
  gpus: Pick<GpuSlots, 'fits' | 'take'>;
  /** Queues in the order to try, by what is in memory. */
  inOrder: (heads: readonly Head[]) => readonly string[];
  boss: PgBoss;
  sql: Sql;
  start: (row: ClaimedRow, device: Device | null, freeSlot: () => void) => RunningAttempt;
  log: Logger;
}

const POLL_MS = 1_000;
const CLAIM_WAIT_MS = 3_000;
/** While the last images of one job are signed and stored the next may start; more than one tail a slot would only pile up. */
const ATTEMPTS_PER_SLOT = 2;

export function startWorkLoop(options: WorkLoopOptions): WorkLoop {
  const { slots, queues, gpus, inOrder, boss, sql, start, log } = options;
  const running = new Set<RunningAttempt>();
  let busy = 0;
  const stopping = new AbortController();
  let woken = false;
  let wakeUp: () => void = () => undefined;

  const wake = (): void => {
    woken = true;
    wakeUp();
  };
  const untilWoken = (): Promise<void> => new Promise((resolve) => {
    const timer = setTimeout(resolve, POLL_MS);
    wakeUp = () => {
      clearTimeout(timer);
      resolve();
    };
    if (woken) wakeUp();
  });
  const begin = (row: ClaimedRow): void => {
    busy++;
    let freed = false;
    // Nothing else gives cards out, so what fitted before the claim fits now; a card lost meanwhile is its engine's to find.
    const lease = gpus.take(row.queue);
    const attempt = start(row, lease?.device ?? null, () => {
      if (freed) return;
      freed = true;
      busy--;
      lease?.release();
      wake();
    });
    running.add(attempt);
    void attempt.ended.then(() => {
      running.delete(attempt);
      wake();
    });
    // Stopped between claim and start: it is given back like the others.
    if (stopping.signal.aborted) attempt.giveBack();
  };
  const loop = async (): Promise<void> => {
    let failing = false;
    while (!stopping.signal.aborted) {
      woken = false;
      let row: ClaimedRow | null = null;
      if (busy < slots && running.size < slots * ATTEMPTS_PER_SLOT) {
        try {
          row = await claimNext(boss, sql, queues().filter(gpus.fits), inOrder);
          if (failing) log.info('claiming again');
          failing = false;
        } catch (error) {
          if (!failing) log.warn({ err: error }, 'nothing can be claimed; trying on');
          failing = true;
        }
      }
      if (row) begin(row);
      else await untilWoken();
    }
  };
  const ended = loop();

  return {
    wake,
    cancelled: (jobId) => {
      for (const attempt of running) if (attempt.jobId === jobId) attempt.check();
    },
    stop: async (withinMs) => {
      stopping.abort();
      wake();
      // A claim in flight that a hanging database never answers is left to its heartbeat.
      await Promise.race([ended, delay(CLAIM_WAIT_MS, undefined, { ref: false })]);
      const all = Promise.all([...running].map((attempt) => attempt.ended));
      const limit = setTimeout(() => {
        for (const attempt of running) attempt.giveBack();
      }, withinMs);
      await all;
      clearTimeout(limit);
    },
    giveBackAll: () => {
      for (const attempt of running) attempt.giveBack();
    },
    get busy() {
      return busy;
    },
  };
}
