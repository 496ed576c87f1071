/**
 * One per process: hears NOTIFYs and passes them to the open streams of the people they concern. It reads a job's progress
 * once for all streams, at most twice a second (R10), and only while someone who may see it listens.
 */
import { isNewer, type ProgressDto } from '@style-license/shared';
import { CHANNELS } from '@style-license/shared/server';
import type { Deps } from '../../platform/deps.ts';
import { progressOf } from '../jobs/index.ts';
import { Inbox } from './inbox.ts';

const PROGRESS_EVERY_MS = 500;
/** Notifications of several jobs arrive together: one query for them. */
const GATHER_MS = 20;
/** Jobs whose last reading is remembered, for their pace and order. */
const REMEMBERED_JOBS = 5_000;

interface LastRead { at: number; sequence: { attempt: number; sequence: number } | null }

export interface EventHub {
  open(userId: string): Promise<Inbox>;
  close(userId: string, inbox: Inbox): void;
  streamsOf(userId: string): number;
}

const hubs = new WeakMap<Deps, EventHub>();

export function eventHub(deps: Deps): EventHub {
  let hub = hubs.get(deps);
  if (!hub) {
    hub = new Hub(deps);
    hubs.set(deps, hub);
  }
  return hub;
}

class Hub implements EventHub {
  readonly #deps: Deps;
  readonly #streams = new Map<string, Set<Inbox>>();
  readonly #lastRead = new Map<string, LastRead>();
  readonly #pending = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #listening: Promise<void> | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async open(userId: string): Promise<Inbox> {
    const inbox = new Inbox();
    const streams = this.#streams.get(userId);
    if (streams) streams.add(inbox);
    else this.#streams.set(userId, new Set([inbox]));
    // Listening before the first reading: what commits between the two wakes the stream.
    this.#listening ??= this.#listen().catch((error: unknown) => {
      this.#listening = null;
      throw error;
    });
    await this.#listening;
    return inbox;
  }

  close(userId: string, inbox: Inbox): void {
    const streams = this.#streams.get(userId);
    streams?.delete(inbox);
    if (streams?.size === 0) this.#streams.delete(userId);
  }

  streamsOf(userId: string): number {
    return this.#streams.get(userId)?.size ?? 0;
  }

  async #listen(): Promise<void> {
    const wakeAll = (): void => {
      for (const streams of this.#streams.values()) for (const inbox of streams) inbox.wake();
    };
    await this.#deps.bus.listen(CHANNELS.events, (userId) => this.#streams.get(userId)?.forEach((inbox) => inbox.wake()), wakeAll);
    await this.#deps.bus.listen(CHANNELS.progress, (jobId) => this.#progressed(jobId));
  }

  #progressed(jobId: string): void {
    if (this.#streams.size === 0) return;
    this.#pending.add(jobId);
    if (this.#timer === null) this.#schedule(GATHER_MS);
  }

  #schedule(delayMs: number): void {
    // Progress alone must not keep a process from ending.
    this.#timer = setTimeout(() => void this.#flush(), delayMs).unref();
  }

  /** Reads what is due; what is not stays pending until it is. */
  async #flush(): Promise<void> {
    const now = performance.now();
    const due = [...this.#pending].filter((jobId) => now - (this.#lastRead.get(jobId)?.at ?? -Infinity) >= PROGRESS_EVERY_MS);
    for (const jobId of due) this.#pending.delete(jobId);
    try {
      if (due.length > 0) this.#deliver(await progressOf(this.#deps.db, due), due, now);
    } catch (error) {
      // The next notification, or the page's own reading, brings it.
      this.#deps.log.warn({ err: error }, 'progress could not be read');
    } finally {
      this.#timer = null;
      if (this.#pending.size > 0) this.#schedule(this.#untilDue());
    }
  }

  #untilDue(): number {
    const now = performance.now();
    const waits = [...this.#pending].map((jobId) => (this.#lastRead.get(jobId)?.at ?? 0) + PROGRESS_EVERY_MS - now);
    return Math.max(GATHER_MS, Math.min(...waits));
  }

  #deliver(read: Awaited<ReturnType<typeof progressOf>>, due: readonly string[], now: number): void {
    for (const jobId of due) {
      const found = read.get(jobId);
      const before = this.#lastRead.get(jobId)?.sequence ?? null;
      const progress: ProgressDto | undefined = found?.progress;
      this.#remember(jobId, { at: now, sequence: progress && isNewer(progress, before) ? progress : before });
      if (!found?.ownerId || !progress || !isNewer(progress, before)) continue;
      this.#streams.get(found.ownerId)?.forEach((inbox) => inbox.put(progress));
    }
  }

  #remember(jobId: string, lastRead: LastRead): void {
    this.#lastRead.delete(jobId);
    this.#lastRead.set(jobId, lastRead);
    const [oldest] = this.#lastRead.keys();
    if (this.#lastRead.size > REMEMBERED_JOBS && oldest !== undefined) this.#lastRead.delete(oldest);
  }
}
