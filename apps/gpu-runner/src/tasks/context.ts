/** What a task gets: the attempt it works for, and the tools of this runner. */
import type { BaseModel, JobKind, Reason } from '@style-license/shared';
import type { ItemReport } from '@style-license/shared/server';
import type { Logger } from 'pino';
import type { ArtifactCache } from '../artifacts/cache.ts';
import type { Uploader } from '../artifacts/upload.ts';
import { AttemptError } from '../attempt-error.ts';
import type { Sql } from '../database/database.ts';
import type { AttemptKey } from '../database/reports.ts';
import type { Engine } from '../engines/engine.ts';
import type { TimingBook } from '../progress/timing-book.ts';
import type { ObjectStore } from '@style-license/object-store';

export interface Attempt {
  key: AttemptKey;
  /** Empty, its own, removed afterwards. */
  folder: string;
  /** Aborted when the claim is lost, the job cancelled, or the runner stops. */
  signal: AbortSignal;
  /** What is left of the attempt's total time. */
  leftMs: () => number;
  uploader: Uploader;
  log: Logger;
  /** The engine runs as this process: noted, so that it can be ended after a crash of the runner. */
  engineStarted: (pid: number) => void;
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
}

export interface TaskOutcome {
  reason: Reason;
  /** The engine's last words. */
  log: string;
}

/** @throws AttemptError engine_missing */
export async function engineFor(tools: Tools, kind: JobKind, baseModel: BaseModel): Promise<Engine> {
  const engine = tools.engines.find((candidate) => candidate.baseModel === baseModel && candidate.kinds.includes(kind));
  const missing = engine ? await engine.missing() : 'this runner has none';
  if (!engine || missing !== null) throw new AttemptError('engine_missing', `no engine for ${kind} on ${baseModel}: ${missing}`);
  return engine;
}
