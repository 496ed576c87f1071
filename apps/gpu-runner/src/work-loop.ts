/**
 * Takes a slot first and then claims, so that nothing is claimed which would have to wait (R4). Woken by a notification; once a
 * second it looks by itself, so that a lost notification delays and never loses.
 *
 * slot     room for one job's engines, with the card it has
 * ahead    a job that was claimed into a slot whose job is at the end of its last image: only where the engine of both takes it
 *          into its own queue, and only when that job is first in turn anyway (ADR 15)
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import { claimNext, type ClaimedRow } from './database/claim.ts';
import type { Sql } from './database/database.ts';
import type { GpuLease, GpuSlots } from './gpu/gpu-slots.ts';
import type { Head } from './warm-first.ts';
import type { RunningAttempt, SlotUse } from './run-attempt.ts';

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
  start: (row: ClaimedRow, slot: SlotUse) => RunningAttempt;
  log: Logger;
}

const POLL_MS = 1_000;
const CLAIM_WAIT_MS = 3_000;
/** While the last images of one job are signed and stored the next may start; more than one tail a slot would only pile up. */
const ATTEMPTS_PER_SLOT = 2;

interface Slot {
  queue: string;
  lease: GpuLease | null;
  /** Who has an engine at work in it, or waiting for it. */
  users: Set<symbol>;
  /** Of them those that will soon be done. */
  nearlyDone: Set<symbol>;
}

export function startWorkLoop(options: WorkLoopOptions): WorkLoop {
  const { slots, queues, gpus, inOrder, boss, sql, start, log } = options;
  const running = new Set<RunningAttempt>();
  const inUse = new Set<Slot>();
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
  const begin = (row: ClaimedRow, slot: Slot): void => {
    const me = Symbol(row.id);
    slot.users.add(me);
    inUse.add(slot);
    const attempt = start(row, {
      device: slot.lease?.device ?? null,
      nearlyDone: () => {
        if (slot.nearlyDone.has(me)) return;
        slot.nearlyDone.add(me);
        wake();
      },
      free: () => {
        if (!slot.users.delete(me)) return;
        slot.nearlyDone.delete(me);
        if (slot.users.size === 0) {
          inUse.delete(slot);
          slot.lease?.release();
        }
        wake();
      },
    });
    running.add(attempt);
    void attempt.ended.then(() => {
      running.delete(attempt);
      wake();
    });
    // Stopped between claim and start: it is given back like the others.
    if (stopping.signal.aborted) attempt.giveBack();
  };
  /** Into a slot of its own. Nothing else gives cards out, so what fitted before the claim fits now; a card lost meanwhile is its engine's to find. */
  const claimFree = async (): Promise<boolean> => {
    if (inUse.size >= slots || running.size >= slots * ATTEMPTS_PER_SLOT) return false;
    const row = await claimNext(boss, sql, queues().filter(gpus.fits), inOrder);
    if (row) begin(row, { queue: row.queue, lease: gpus.take(row.queue), users: new Set(), nearlyDone: new Set() });
    return row !== null;
  };
  /** Into one that is nearly free. Whoever is first in turn over all queues, or nobody. */
  const claimAhead = async (): Promise<boolean> => {
    const slot = [...inUse].find(({ users, nearlyDone }) => users.size === 1 && nearlyDone.size === 1);
    if (slot === undefined || running.size >= slots * (ATTEMPTS_PER_SLOT + 1)) return false;
    const row = await claimNext(boss, sql, queues(), (heads) => (inOrder(heads)[0] === slot.queue ? [slot.queue] : []));
    // Freed while it was claimed: then it has a slot of its own.
    if (row) begin(row, inUse.has(slot) ? slot : { ...slot, lease: gpus.take(row.queue), users: new Set(), nearlyDone: new Set() });
    return row !== null;
  };
  const loop = async (): Promise<void> => {
    let failing = false;
    while (!stopping.signal.aborted) {
      woken = false;
      let claimed = false;
      try {
        claimed = (await claimFree()) || (await claimAhead());
        if (failing) log.info('claiming again');
        failing = false;
      } catch (error) {
        if (!failing) log.warn({ err: error }, 'nothing can be claimed; trying on');
        failing = true;
      }
      if (!claimed) await untilWoken();
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
      return inUse.size;
    },
  };
}
