/**
 * One attempt, from claim to report. Around the task itself it holds what every kind needs: the note on disk, the touch that keeps
 * the claim, the folder, the clock, and one end: completed with its reason in one transaction, or discarded when the claim is lost.
 */
import { rm } from 'node:fs/promises';
import type { Reason } from '@style-license/shared';
import { attemptPayload, type AttemptPayload, type ItemReport } from '@style-license/shared/server';
import type { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import * as z from 'zod';
import { uploaderFor } from './artifacts/upload.ts';
import { asAttemptError, AttemptError } from './attempt-error.ts';
import { processGroup, removeClaimRecord, writeClaimRecord, type ClaimRecord } from './claims/claim-record.ts';
import type { Device } from './engines/engine.ts';
import { ClaimLostError, touch, type ClaimedRow } from './database/claim.ts';
import { untilAnswered, type Database } from './database/database.ts';
import { reportFinished, reportItem, reportStarted, type AttemptKey, type RunnerIdentity } from './database/reports.ts';
import { folderBytes, makeScratch } from './scratch.ts';
import type { Attempt, TaskOutcome, Tools } from './tasks/context.ts';
import { runTask } from './tasks/index.ts';

export interface AttemptDeps {
  database: Database;
  boss: PgBoss;
  runner: RunnerIdentity;
  tools: Tools;
  log: Logger;
  folders: { scratch: string; claims: string };
  scratchBytes: number;
  freeBytes: number;
}

export interface RunningAttempt {
  jobId: string | null;
  /** Looks now whether the claim still stands: its job may have been cancelled. */
  check: () => void;
  /** Ends the engine and gives the job back. */
  giveBack: () => void;
  /** Resolves when nothing of it is left on this machine. Never rejects. */
  ended: Promise<void>;
}

const TOUCH_EVERY_MS = 2_000;
/** Later than this nobody waits for the result any more: the queue has called the attempt lost. */
const REPORT_LIMIT_MS = 10 * 60_000;

const looseKey = z.object({ jobId: z.uuid(), attempt: z.int().positive() });

/** Why an attempt was stopped from outside. */
class Stopped extends Error {
  readonly why: 'claim_lost' | 'given_back' | 'disk_full';
  constructor(why: Stopped['why']) {
    super(why);
    this.why = why;
  }
}

/** What an attempt says of the slot it works in. */
export interface SlotUse {
  device: Device | null;
  /** The next job may be claimed: its engine takes ahead. */
  nearlyDone: () => void;
  /** No engine of it runs any more. */
  free: () => void;
}

export function startAttempt(row: ClaimedRow, deps: AttemptDeps, slot: SlotUse): RunningAttempt {
  const key = looseKey.safeParse(row.data).data ?? null;
  const stop = new AbortController();
  const log = deps.log.child({ jobId: key?.jobId, attempt: key?.attempt });
  let touching = false;

  const check = async (): Promise<void> => {
    if (touching || stop.signal.aborted) return;
    touching = true;
    try {
      if (!(await touch(deps.boss, row))) stop.abort(new Stopped('claim_lost'));
    } catch (error) {
      // The database is away. The work goes on: whether the claim still stood is asked again at the end.
      log.warn({ err: error }, 'the claim could not be touched');
    } finally {
      touching = false;
    }
  };
  const timer = setInterval(() => void check(), TOUCH_EVERY_MS);
  const ended = runToEnd(row, key, deps, { stop, log, slot })
    .catch((error: unknown) => log.error({ err: error }, 'the end of this attempt could not be reported; the queue will call it lost'))
    .finally(() => {
      clearInterval(timer);
      slot.free();
    });
  return { jobId: key?.jobId ?? null, check: () => void check(), giveBack: () => stop.abort(new Stopped('given_back')), ended };
}

interface Running {
  stop: AbortController;
  log: Logger;
  slot: SlotUse;
}

async function runToEnd(row: ClaimedRow, key: AttemptKey | null, deps: AttemptDeps, running: Running): Promise<void> {
  const { log, stop } = running;
  const startedAt = new Date();
  if (key === null) {
    // Not one of ours, so there is nobody to tell; only out of the way with it.
    log.error({ queue: row.queue, id: row.id }, 'a queue row without job and attempt');
    await deps.boss.complete(row.queue, { id: row.id, retryCount: row.retryCount });
    return;
  }
  const { queue, id, retryCount } = row;
  const record: ClaimRecord = { queue, id, retryCount, ...key, startedAt: startedAt.toISOString(), group: null };
  writeClaimRecord(deps.folders.claims, record);
  const items: ItemReport[] = [];
  try {
    const outcome = await work(row, key, deps, running, record, items, startedAt);
    if (outcome === null) {
      log.warn('the claim is lost; its work is discarded');
      return;
    }
    const limit = AbortSignal.timeout(REPORT_LIMIT_MS);
    await untilAnswered(() => reportFinished(deps.database, deps.boss, row, key, deps.runner, { ...outcome, items, startedAt }), log, limit);
    log.info({ reason: outcome.reason, items: items.length, ms: Date.now() - startedAt.getTime() }, 'attempt ended');
  } catch (error) {
    if (!(error instanceof ClaimLostError)) throw error;
    log.warn('the claim was lost before the end could be reported; its work is discarded');
  } finally {
    stop.abort(new Stopped('claim_lost'));
    removeClaimRecord(deps.folders.claims, row.id);
  }
}

/** The task and how it ended; null when the claim is lost and nothing may be said. */
async function work(
  row: ClaimedRow, key: AttemptKey, deps: AttemptDeps, { stop, log, slot }: Running, record: ClaimRecord, items: ItemReport[], startedAt: Date,
): Promise<TaskOutcome | null> {
  const told: Promise<void>[] = [];
  let folder: string | null = null;
  let watch: NodeJS.Timeout | undefined;
  try {
    const payload = readPayload(row.data);
    log.info({ kind: payload.kind }, 'attempt started');
    // Not waited for: the engine starts meanwhile.
    told.push(reportStarted(deps.boss, key, deps.runner, startedAt).catch((error: unknown) => log.warn({ err: error }, 'the start could not be reported')));
    folder = await makeScratch(deps.folders.scratch, row.id, deps.freeBytes);
    watch = watchQuota(folder, deps.scratchBytes, stop, log);
    const attempt: Attempt = {
      key,
      folder,
      device: slot.device,
      signal: stop.signal,
      leftMs: () => Math.max(1, payload.maxRuntimeMs - (Date.now() - startedAt.getTime())),
      uploader: uploaderFor(deps.tools.store, key, stop.signal),
      log,
      engineStarted: (pid) => writeClaimRecord(deps.folders.claims, { ...record, group: processGroup(pid) }),
      nearlyDone: slot.nearlyDone,
      enginesClosed: slot.free,
      deliver: (item) => {
        items.push(item);
        told.push(tellItem(row, key, deps, item, stop, log));
      },
    };
    const outcome = await runTask(payload, attempt, deps.tools);
    if (outcome.reason === 'device_lost') deps.tools.gpuLost(outcome.log.split('\n').at(-1) ?? 'device lost');
    return endOf(outcome, stop);
  } catch (error) {
    const { reason, message } = asAttemptError(error);
    if (reason === 'device_lost') deps.tools.gpuLost(message);
    if (!stop.signal.aborted) log.warn({ reason, err: error }, 'attempt failed');
    return endOf({ reason, log: message }, stop);
  } finally {
    clearInterval(watch);
    slot.free();
    await Promise.all(told);
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }
}

function readPayload(data: unknown): AttemptPayload {
  const parsed = attemptPayload.safeParse(data);
  if (parsed.success) return parsed.data;
  const kind = z.object({ kind: z.string() }).safeParse(data).data?.kind;
  throw new AttemptError('bad_input', `the payload of kind ${kind ?? 'unknown'} cannot be read: ${z.prettifyError(parsed.error)}`);
}

/** What was done from outside counts before what the task made of it. */
function endOf(outcome: TaskOutcome, stop: AbortController): TaskOutcome | null {
  if (!stop.signal.aborted || outcome.reason === 'ok') return outcome;
  const { why } = stop.signal.reason as Stopped;
  const reasons: Record<Stopped['why'], Reason | null> = { claim_lost: null, given_back: 'given_back', disk_full: 'disk_full' };
  const reason = reasons[why];
  return reason === null ? null : { ...outcome, reason };
}

/** An item is told at once; when that fails, it is told at the end with all the others. */
async function tellItem(row: ClaimedRow, key: AttemptKey, deps: AttemptDeps, item: ItemReport, stop: AbortController, log: Logger): Promise<void> {
  try {
    await reportItem(deps.database, deps.boss, row, key, item);
  } catch (error) {
    if (error instanceof ClaimLostError) stop.abort(new Stopped('claim_lost'));
    else log.warn({ err: error }, 'an item could not be reported; it will be at the end');
  }
}

/** Ends an attempt that writes more than it may, before the disk is full for everybody. */
function watchQuota(folder: string, maxBytes: number, stop: AbortController, log: Logger): NodeJS.Timeout | undefined {
  if (maxBytes === 0) return undefined;
  const look = async (): Promise<void> => {
    if ((await folderBytes(folder)) > maxBytes) stop.abort(new Stopped('disk_full'));
  };
  return setInterval(() => void look().catch((error: unknown) => log.warn({ err: error }, 'the scratch folder could not be measured')), QUOTA_EVERY_MS);
}
const QUOTA_EVERY_MS = 500;
