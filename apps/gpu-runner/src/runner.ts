/** Puts a runner together and takes it apart again. */
import { setInterval as every } from 'node:timers/promises';
import { openStore } from '@style-license/object-store';
import { CHANNELS } from '@style-license/shared/server';
import type { Logger } from 'pino';
import packageJson from '../package.json' with { type: 'json' };
import { openCache } from './artifacts/cache.ts';
import { endFormerEngines, giveBackClaims } from './claims/give-back.ts';
import { openStateFolder } from './claims/state-folder.ts';
import { openDatabase, openQueue, untilAnswered } from './database/database.ts';
import { listen } from './database/listen.ts';
import { leavePresence, writePresence, type Presence } from './database/presence.ts';
import { openEngines } from './engines/engines.ts';
import type { Env } from './env.ts';
import { openGpuSlots } from './gpu/gpu-slots.ts';
import { openGpuWatch, type GpuWatch } from './gpu/gpu-watch.ts';
import { openOffer, type Offer } from './offer.ts';
import { openTimingBook } from './progress/timing-book.ts';
import { startAttempt } from './run-attempt.ts';
import { emptyFolder } from './scratch.ts';
import type { Tools } from './tasks/context.ts';
import { WarmFirst } from './warm-first.ts';
import { startWorkLoop, type WorkLoop } from './work-loop.ts';

export interface Runner {
  readonly id: string;
  /** Finishes what can be finished in time and gives the rest back. Safe to call again with less time. */
  stop: (withinMs: number) => Promise<void>;
}

const PRESENCE_EVERY_MS = 5_000;

/** Resolves when it takes jobs; waits for the database as long as it must. */
export async function startRunner(env: Env, log: Logger, signal: AbortSignal): Promise<Runner> {
  const state = await openStateFolder(env.folders.state);
  const undo: (() => Promise<void> | void)[] = [state.release];
  let apart: Promise<void> | undefined;
  const undoAll = async (): Promise<void> => {
    for (const action of undo.toReversed()) await action();
  };
  const takeApart = (): Promise<void> => (apart ??= undoAll());
  try {
    await endFormerEngines(state, log);
    await emptyFolder(env.folders.scratch);
    const store = openStore(env.store);
    undo.push(() => store.close());
    const { engines } = await openEngines(env, state.engines);
    undo.push(async () => void (await Promise.all(engines.map((engine) => engine.rest(null)))));
    const watch = await openGpuWatch({ enabled: env.gpu.enabled, program: env.gpu.nvidiaSmi, env: env.engineEnv, log });
    const slots = env.slots ?? Math.max(1, watch.gpus.length);
    const gpus = openGpuSlots({ watch, engines, jobMib: env.gpu.jobMib });
    const cache = await openCache(env.folders.cache, env.cacheBytes, store);
    const timings = await openTimingBook(state.timings, log);
    const database = openDatabase(env.databaseUrl, env.name, log);
    undo.push(database.close);
    const boss = await untilAnswered(() => openQueue(database, log), log, signal);
    undo.push(() => boss.stop({ graceful: false, close: false }));
    const identity = { runnerId: state.runnerId, runnerName: env.name };
    await giveBackClaims(state.claims, { database, boss, runner: identity, log, signal });

    const offer = await openOffer(engines, watch, env.gpu.enabled);
    const tools: Tools = {
      engines, store, cache, timings, sql: database, threads: env.threads, gpus,
      gpuLost: (why) => {
        watch.reportLost(why);
        void drain();
      },
    };
    const folders = { scratch: env.folders.scratch, claims: state.claims };
    const attempts = { database, boss, runner: identity, tools, log, folders, scratchBytes: env.scratchBytes, freeBytes: env.freeBytes };
    const warmFirst = new WarmFirst();
    const loop = startWorkLoop({
      slots, queues: offer.queues, gpus, boss, sql: database, log,
      inOrder: (heads) => warmFirst.order(heads, offer, performance.now()),
      start: (row, slot) => startAttempt(row, attempts, slot),
    });
    /** A GPU is gone: nothing is offered any more, and what works is given back to others. */
    const drain = async (): Promise<void> => {
      await offer.refresh();
      loop.giveBackAll();
    };
    const listener = listen(
      {
        url: env.databaseUrl, name: env.name, channels: [CHANNELS.jobQueued, CHANNELS.jobCancelled],
        onConnected: loop.wake,
        onMessage: (channel, payload) => (channel === CHANNELS.jobCancelled ? loop.cancelled(payload) : loop.wake()),
      },
      log,
    );
    undo.push(listener.close);
    const presence = keepPresence(env, state.runnerId, { offer, slots, loop, watch, drain, database, log });
    undo.push(presence.leave);
    log.info({ runnerId: state.runnerId, queues: offer.queues(), slots, threads: env.threads }, 'runner ready');
    return stoppable(state.runnerId, loop, presence.drain, takeApart);
  } catch (error) {
    await takeApart();
    throw error;
  }
}

function stoppable(id: string, loop: WorkLoop, drain: () => void, takeApart: () => Promise<void>): Runner {
  return {
    id,
    stop: async (withinMs) => {
      drain();
      await loop.stop(withinMs);
      await takeApart();
    },
  };
}

interface Signs {
  offer: Offer;
  slots: number;
  loop: WorkLoop;
  watch: GpuWatch;
  drain: () => Promise<void>;
  database: ReturnType<typeof openDatabase>;
  log: Logger;
}

/** Says every few seconds that this runner is there. `drain`: it takes no more. `leave`: it is gone. */
function keepPresence(env: Env, runnerId: string, { offer, slots, loop, watch, drain, database, log }: Signs): { drain: () => void; leave: () => Promise<void> } {
  const stop = new AbortController();
  const startedAt = new Date();
  let drained = false;
  let draining = false;
  const write = async (): Promise<void> => {
    await watch.refresh();
    await offer.refresh();
    if (watch.lost !== null && !drained) await drain();
    drained = watch.lost !== null;
    const presence: Presence = {
      runnerId, name: env.name, queues: draining ? [] : offer.queues(), slots, busy: loop.busy, version: packageJson.version, engines: offer.engines(), gpus: watch.gpus, alert: watch.lost, draining, startedAt,
    };
    await writePresence(database, presence);
  };
  // One after the other: what was said last stands.
  let told: Promise<void> = Promise.resolve();
  const tell = (): Promise<void> => (told = told.then(write).catch((error: unknown) => log.warn({ err: error }, 'presence was not written')));
  const keep = async (): Promise<void> => {
    await tell();
    try {
      for await (const _ of every(PRESENCE_EVERY_MS, undefined, { signal: stop.signal })) await tell();
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  };
  const kept = keep();
  const leave = async (): Promise<void> => {
    stop.abort();
    await kept;
    await told;
    await leavePresence(database, runnerId).catch((error: unknown) => log.warn({ err: error }, 'leave could not be taken'));
  };
  return {
    drain: () => {
      draining = true;
      void tell();
    },
    leave,
  };
}
