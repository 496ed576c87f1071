/**
 * The catalogue of job kinds, server side: one entry a kind. `Record<JobKind, …>` makes a new kind fail to compile until it
 * is described here. A queue row carries all that a runner needs, since a runner reads no table of ours.
 */
import * as z from 'zod';
import { uuid, licenceId } from '../ids.ts';
import { BASE_MODELS, JOB_KINDS, type BaseModel, type JobKind } from '../kinds.ts';
import { RATIO_NAMES } from '../limits.ts';
import { REASONS, type Reason } from '../states.ts';

/** A file in the object store that is trusted only after its size and hash were checked. */
export const artifact = z.object({ key: z.string().max(300), bytes: z.int().positive(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
export type Artifact = z.infer<typeof artifact>;

const rights = {
  artist: z.object({ name: z.string(), username: z.string() }),
  style: z.object({ id: uuid, title: z.string() }),
  signature: artifact,
  termsUrl: z.string(),
};

/** One image to make; `licenceId` was allocated at submit and goes into the file's metadata. */
const imageItem = z.object({ itemId: uuid, ordinal: z.int().nonnegative(), seed: z.int().nonnegative(), licenceId });

/** A file of a trainer's own state (optimiser, random numbers) beside a checkpoint, by its name in the state's folder. */
export const stateFile = artifact.extend({ name: z.string().regex(/^[\w][\w.-]{0,99}$/) });
export type StateFile = z.infer<typeof stateFile>;

export const generationSpec = z.object({
  ...rights,
  baseModel: z.enum(BASE_MODELS),
  weights: artifact,
  tags: z.array(z.string()), negative: z.array(z.string()),
  ratio: z.enum(RATIO_NAMES), width: z.int(), height: z.int(),
  closeness: z.number(),
  /** Only items that are not delivered yet. */
  items: z.array(imageItem).min(1),
});
export const trainingSpec = z.object({
  ...rights,
  baseModel: z.enum(BASE_MODELS),
  artworks: z.array(artifact.extend({ tags: z.array(z.string()) })).min(1),
  /** Made after each checkpoint with the same prompts and seeds. */
  samples: z.array(z.object({ ordinal: z.int(), prompt: z.string(), seed: z.int(), ratio: z.enum(RATIO_NAMES), width: z.int(), height: z.int() })),
  /**
   * One item a checkpoint: ordinal k is the checkpoint of epoch k + 1, the greatest ordinal the end of the training. Only items
   * that are not delivered yet. An engine without epochs has one item, ordinal 0.
   */
  items: z.array(z.object({ itemId: uuid, ordinal: z.int().nonnegative() })).min(1),
  /** The newest checkpoint that an earlier attempt delivered, to go on from (R15); null: from the beginning. */
  resume: z.object({ epoch: z.int().positive(), weights: artifact, state: z.array(stateFile) }).nullable().default(null),
});

const envelope = { jobId: uuid, attempt: z.int().positive(), ownerId: uuid.nullable(), maxRuntimeMs: z.int() };
export const attemptPayload = z.discriminatedUnion('kind', [
  z.object({ ...envelope, kind: z.literal('generation'), spec: generationSpec }),
  z.object({ ...envelope, kind: z.literal('training'), spec: trainingSpec }),
]);
export type AttemptPayload = z.infer<typeof attemptPayload>;
export type GenerationSpec = z.infer<typeof generationSpec>;
/** As it is written into the queue: what has a default may be left out. */
export type TrainingSpec = z.input<typeof trainingSpec>;

/** A finished image: original (PNG, signed, metadata), feed rendition and thumbnail (WebP). */
export const imageResult = z.object({
  original: artifact, feed: artifact, thumbnail: artifact,
  width: z.int(), height: z.int(), dominantColour: z.string().regex(/^#[0-9a-f]{6}$/),
});
export const generationItemResult = imageResult.extend({
  engine: z.string(), engineMs: z.number(), matched: z.array(z.string()), unmatched: z.array(z.string()),
  sources: z.array(z.tuple([z.int(), z.number()])), nearestTraining: z.object({ image: z.int(), distance: z.number() }).nullable(),
});
/** A checkpoint. */
export const trainingItemResult = z.object({
  weights: artifact, epoch: z.int(), loss: z.number().nullable(), engine: z.string(), engineMs: z.number(),
  /** What the trainer needs beside the weights to go on from here; empty when it cannot, or needs nothing. */
  state: z.array(stateFile).max(40).default([]),
  samples: z.array(imageResult.extend({ ordinal: z.int(), prompt: z.string(), seed: z.int(), ratio: z.enum(RATIO_NAMES) })),
});
export type ImageResult = z.infer<typeof imageResult>;
export type GenerationItemResult = z.infer<typeof generationItemResult>;
export type TrainingItemResult = z.infer<typeof trainingItemResult>;

/** Runner → worker, as items come (`attempt.item`) and at the end (`attempt.finished`, with every item of the attempt again). */
export const itemReport = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('generation'), itemId: uuid, result: generationItemResult }),
  z.object({ kind: z.literal('training'), itemId: uuid, result: trainingItemResult }),
]);
export type ItemReport = z.infer<typeof itemReport>;
export const attemptItemMessage = z.object({ jobId: uuid, attempt: z.int(), item: itemReport });
export const attemptFinishedMessage = z.object({
  jobId: uuid, attempt: z.int(), reason: z.enum(REASONS), items: z.array(itemReport),
  runnerId: uuid, runnerName: z.string(), startedAt: z.string(), endedAt: z.string(),
  /** Last lines of the engine's stderr, ≤ 4 kB, for administrators. */
  log: z.string().max(8_000),
});
export const attemptStartedMessage = z.object({ jobId: uuid, attempt: z.int(), runnerId: uuid, runnerName: z.string(), startedAt: z.string() });

/** Which ends of an attempt are tried again (R9): one table. `lost` includes a killed runner and a killed engine. */
export const RETRIED: Record<Reason, boolean> = {
  ok: false, out_of_memory: true, timeout: true, stalled: true, cancelled: false, bad_input: false, missing_weights: false,
  engine_missing: true, device_lost: true, crashed: true, disk_full: true, network: true, lost: true, given_back: true, expired: false,
};

export interface JobKindEntry {
  /** Delay before attempt n+1 by number of attempts so far; its length is the number of retries. */
  retryDelaysSeconds: readonly number[];
  heartbeatSeconds: number;
  /** Our own limit on one attempt; the queue's expiry lies beyond it. */
  maxRuntimeMs: number;
  /** No sign of life from the engine for this long: stalled. */
  inactivityMs: number;
  expireInSeconds: number;
  /** Queued longer than this: cancelled with reason `expired`, refunded. */
  maxWaitMs: number;
}

const HOUR_MS = 3_600_000;
export const CATALOGUE: Record<JobKind, JobKindEntry> = {
  generation: {
    retryDelaysSeconds: [0, 30, 120], heartbeatSeconds: 30, maxRuntimeMs: 10 * 60_000, inactivityMs: 60_000, expireInSeconds: 15 * 60, maxWaitMs: 24 * HOUR_MS,
  },
  training: {
    retryDelaysSeconds: [0, 30, 120], heartbeatSeconds: 120, maxRuntimeMs: 3 * HOUR_MS, inactivityMs: 5 * 60_000, expireInSeconds: 4 * 3_600, maxWaitMs: 24 * HOUR_MS,
  },
};

/** A runner writes its presence every few seconds; one that was not seen for this long offers nothing. */
export const RUNNER_ALIVE_MS = 20_000;

export const RUNNER_SCHEMA = 'runner';
export const BOSS_SCHEMA = 'pgboss';
export const queueName = (kind: JobKind, baseModel: BaseModel): string => `${kind}.${baseModel}`;
/** Every engine queue. */
export const ENGINE_QUEUES = JOB_KINDS.flatMap((kind) => BASE_MODELS.map((baseModel) => ({ name: queueName(kind, baseModel), kind, baseModel })));
export const ATTEMPT_STARTED = 'attempt.started';
export const ATTEMPT_ITEM = 'attempt.item';
export const ATTEMPT_FINISHED = 'attempt.finished';
export const ATTEMPT_LOST = 'attempt.lost';
/** Queue rows live in years (a queued row past its retention would vanish without a dead letter); done engine rows a day. */
export const RETENTION_SECONDS = 5 * 365 * 86_400;
export const DELETE_AFTER_SECONDS = 86_400;

/** NOTIFY channels; payloads carry ids only, for speed only (R11). */
export const CHANNELS = {
  /** payload: queue name */ jobQueued: 'sl_job_queued',
  /** payload: job id */ jobCancelled: 'sl_job_cancelled',
  /** payload: job id */ progress: 'sl_progress',
  /** payload: user id */ events: 'sl_events',
} as const;

/** Where a job's artifacts go; the worker believes none outside it. */
export const artifactPrefix = (jobId: string, attempt: number): string => `jobs/${jobId}/${attempt}/`;

/** pg-boss takes an int4: greater first. Demo jobs stand behind every user's. */
export const DEMO_TURN_OFFSET = 1_000_000_000;

/** Queues of the `pgboss` schema: what goes on beside the engines. Mail is tried for about a day. */
export const MAIL_QUEUE = 'mail.send';
/** A post to the webhook of those who run the platform; tried for about half a day. */
export const ALERT_QUEUE = 'alert.post';
export const PURGE_QUEUE = 'system.purge';
/** A full ledger check that an administrator asked for. */
export const LEDGER_CHECK_QUEUE = 'ledger.check';
export const SYSTEM_QUEUES = [
  { name: MAIL_QUEUE, retryLimit: 12, retryDelay: 10, retryBackoff: true, retryDelayMax: 7_200, expireInSeconds: 120, notify: true },
  { name: ALERT_QUEUE, retryLimit: 12, retryDelay: 5, retryBackoff: true, retryDelayMax: 7_200, expireInSeconds: 60, notify: true },
  { name: LEDGER_CHECK_QUEUE, retryLimit: 20, retryDelay: 15, expireInSeconds: 7_200, notify: true },
  { name: PURGE_QUEUE, retryLimit: 2, retryDelay: 30, expireInSeconds: 900, notify: true },
] as const;
