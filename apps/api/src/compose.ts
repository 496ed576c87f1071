/** Makes the dependencies of a process from its settings; both composition roots start here. */
import { join } from 'node:path';
import { openStore, type ObjectStore } from '@style-license/object-store';
import { leaveCommunity } from './domains/community/index.ts';
import { leaveGenerations } from './domains/generations/index.ts';
import { leaveJobs } from './domains/jobs/index.ts';
import { leaveModeration } from './domains/moderation/index.ts';
import { stylesLeaveStep } from './domains/styles/index.ts';
import type { Env } from './env.ts';
import { jobHooks } from './job-hooks.ts';
import { createBus } from './platform/bus.ts';
import { systemClock } from './platform/clock.ts';
import { openDatabase } from './platform/database.ts';
import type { Deps } from './platform/deps.ts';
import { openLanguageModel } from './platform/language-model/index.ts';
import type { LeaveStep } from './platform/leaving.ts';
import { createLogger } from './platform/logger.ts';
import { createMetrics } from './platform/metrics.ts';
import { startQueue } from './platform/queue.ts';

/** What later domains do when a person leaves, in the order in which they do it. */
export const LEAVE_STEPS: readonly LeaveStep[] = [leaveModeration, leaveJobs(jobHooks), leaveCommunity, leaveGenerations, stylesLeaveStep];

export interface Composed {
  deps: Deps;
  /** Gives everything back: queue first, database last. */
  close(): Promise<void>;
}

export async function compose(env: Env, role: 'api' | 'worker', overrides: Partial<Deps> = {}): Promise<Composed> {
  const log = overrides.log ?? createLogger({ level: env.LOG_LEVEL, service: role });
  const db = overrides.db ?? openDatabase(env.DATABASE_URL, { role, maxConnections: env.DATABASE_POOL });
  const queue = overrides.queue ?? (await startQueue(env.DATABASE_URL, log, role));
  const bus = overrides.bus ?? createBus(env.DATABASE_URL, log);
  const store = overrides.store ?? openEnvStore(env);
  const deps: Deps = { env, db, queue, store, bus, log, clock: systemClock, metrics: createMetrics(), languageModel: openLanguageModel(env), leaveSteps: LEAVE_STEPS, ...overrides };
  const close = async (): Promise<void> => {
    await deps.queue.stop();
    await deps.bus.close();
    deps.store.close();
    await deps.db.$disconnect();
  };
  return { deps, close };
}

/** A bucket named → S3, else the folder `store` in DATA_DIR. */
export function openEnvStore(env: Env): ObjectStore {
  const credentials = env.S3_ACCESS_KEY_ID !== undefined && env.S3_SECRET_ACCESS_KEY !== undefined
    ? { accessKeyId: env.S3_ACCESS_KEY_ID, secretAccessKey: env.S3_SECRET_ACCESS_KEY }
    : undefined;
  return openStore({
    disk: { root: join(env.DATA_DIR, 'store'), secret: env.STORE_SECRET, origin: env.STORE_ORIGIN },
    s3: env.S3_BUCKET === undefined ? null : { bucket: env.S3_BUCKET, region: env.S3_REGION, endpoint: env.S3_ENDPOINT, forcePathStyle: env.S3_FORCE_PATH_STYLE, credentials },
  });
}
