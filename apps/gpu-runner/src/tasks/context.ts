/** What a task gets: the attempt it works for, and the tools of this runner. */
import type { BaseModel, JobKind, Reason } from '@style-license/shared';
import type { ItemReport } from '@style-license/shared/server';
import type { Logger } from 'pino';
import type { ArtifactCache } from '../artifacts/cache.ts';
import type { Uploader } from '../artifacts/upload.ts';
import { AttemptError } from '../attempt-error.ts';
import type { Sql } from '../database/database.ts';
import type { AttemptKey } from '../database/reports.ts';
import type { Device, Engine } from '../engines/engine.ts';
import type { GpuSlots } from '../gpu/gpu-slots.ts';
import type { TimingBook } from '../progress/timing-book.ts';
import type { ObjectStore } from '@style-license/object-store';

export interface Attempt {
  key: AttemptKey;
  /** Empty, its own, removed afterwards. */
  folder: string;
  /** The GPU that it was given; null when its engine needs none. */
  device: Device | null;
  /** Aborted when the claim is lost, the job cancelled, or the runner stops. */
  signal: AbortSignal;
  /** What is left of the attempt's total time. */
  leftMs: () => number;
  uploader: Uploader;
  log: Logger;
  /** The engine runs as this process: noted, so that it can be ended after a crash of the runner. */
  engineStarted: (pid: number) => void;
  /** Its engine, which takes ahead, is at the end of the last image: the next job may be brought. */
  nearlyDone: () => void;
  /** No engine of this attempt runs any more: its slot may be used by the next job. */
  enginesClosed: () => void;
  /** An item is done: told at once, and again at the end. */
  deliver: (item: ItemReport) => void;
}

export interface Tools {
  engines: readonly Engine[];
  store: ObjectStore;
  cache: ArtifactCache;
  timings: TimingBook;
  sql: Sql;
  threads: number;
  gpus: Pick<GpuSlots, 'makeRoom'>;
  /** An engine found its GPU gone. */
  gpuLost: (why: string) => void;
}

export interface TaskOutcome {
  reason: Reason;
  /** The engine's last words. */
  log: string;
}

/**
 * The first engine of this runner that can do it, with room for it on its GPU.
 * @throws AttemptError engine_missing, out_of_memory, device_lost
 */
export async function engineFor(tools: Tools, kind: JobKind, baseModel: BaseModel, device: Device | null): Promise<Engine> {
  const why: string[] = [];
  for (const engine of tools.engines) {
    if (engine.baseModel !== baseModel || !engine.kinds.includes(kind)) continue;
    const missing = await engine.missing();
    if (missing === null) {
      await tools.gpus.makeRoom(engine, kind, device);
      return engine;
    }
    why.push(missing);
  }
  throw new AttemptError('engine_missing', `no engine for ${kind} on ${baseModel}: ${why.join('; ') || 'this runner has none'}`);
}
