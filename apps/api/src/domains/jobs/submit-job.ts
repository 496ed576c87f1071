import { randomUUID } from 'node:crypto';
import { CodedError, type BaseModel, type JobKind } from '@style-license/shared';
import { CATALOGUE, CHANNELS, queueName } from '@style-license/shared/server';
import type { JobItem, Prisma } from '@style-license/db';
import type { Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents, type RaisedEvent } from '../../platform/events.ts';
import { hold } from '../ledger/index.ts';
import { enqueue } from './dispatch.ts';
import type { AnyJobHooks } from './job-hooks.ts';
import { insertJobSql, submittedJobSql, type NewJob } from './jobs.sql.ts';

export interface SubmittedItem { itemId: string; ordinal: number; payeeUserId: string | null; priceTokens: number; licenceId: string | null }

export interface Submission {
  jobId: string;
  kind: JobKind;
  baseModel: BaseModel;
  ownerId: string;
  /** `hold`: the items' prices are held at once. `free`: nothing is. */
  funding: 'hold' | 'free';
  styleId: string | null;
  /** The job that it goes on with. */
  parentId?: string | null;
  termsVersion: number | null;
  /** What was asked for, and its hash (R21). */
  request: Prisma.InputJsonObject;
  requestHash: string;
  /** What its duration depends on: an aspect ratio, a number of artworks. */
  size: string;
  items: readonly SubmittedItem[];
  /** Rows of the caller's own domain: a statement that writes them once for each row of `new_job` (its `id`, its `created_at`), run as part of the job's own. */
  ownRows?: Prisma.Sql;
  events?: readonly RaisedEvent[];
}

/**
 * Call it first in a submitting transaction: it takes the submitter's lock, so that the same request at the same moment waits
 * here, and tells whether it had been submitted before. Rules of today do not refuse yesterday's answer.
 * @throws REQUEST_REUSED for the same id with another request, NOT_FOUND for somebody else's job id (R21)
 */
export async function wasSubmitted(tx: Tx, request: { jobId: string; ownerId: string; requestHash: string }): Promise<boolean> {
  const known = await submittedJobSql(tx, request.ownerId, request.jobId);
  if (!known.is_known) return false;
  if (known.owner_id !== request.ownerId) throw new CodedError('NOT_FOUND');
  if (known.request_hash !== request.requestHash) throw new CodedError('REQUEST_REUSED');
  return true;
}

/**
 * Writes a job with its items, holds its price and sends its first attempt: all or nothing, in the caller's transaction, and
 * last in it (events come at the end, R19). `wasSubmitted` was called before.
 * @throws INSUFFICIENT_TOKENS, NOT_FOUND (the id was taken by somebody else in this moment)
 */
export async function submitJob(tx: Tx, deps: Deps, hooks: Pick<AnyJobHooks, 'buildSpec'>, submission: Submission): Promise<void> {
  const { job: asked, items } = newJob(deps, submission);
  const written = await insertJobSql(tx, asked, submission.items.map((item) => ({ ...item, id: item.itemId })), submission.ownRows ?? null);
  if (!written) throw new CodedError('NOT_FOUND');
  const job = { ...asked, ...written, stage: 0, reason: null, notBefore: null, startedAt: null, endedAt: null };
  if (submission.funding === 'hold') {
    await hold(tx, {
      jobId: job.id, userId: submission.ownerId,
      lines: submission.items.map((item) => ({ ordinal: item.ordinal, itemId: item.itemId, payeeUserId: item.payeeUserId, tokens: item.priceTokens })),
    });
  }
  await enqueue(tx, deps, hooks, job, items);
  await raiseEvents(tx, [
    ...(submission.events ?? []),
    { userId: submission.ownerId, event: { type: 'job', jobId: job.id, kind: submission.kind, state: 'queued', styleId: job.styleId } },
    ...(submission.funding === 'hold' ? [{ userId: submission.ownerId, event: { type: 'balance' as const } }] : []),
  ], { alsoTell: { channel: CHANNELS.jobQueued, payload: job.queue } });
}

/** As it stands once written, but for its turn and pool. */
function newJob(deps: Deps, submission: Submission): { job: NewJob; items: JobItem[] } {
  const now = deps.clock.now();
  const held = submission.funding === 'hold' ? submission.items.reduce((sum, item) => sum + item.priceTokens, 0) : 0;
  return {
    job: {
      id: submission.jobId, kind: submission.kind, ownerId: submission.ownerId, funding: submission.funding, parentId: submission.parentId ?? null, state: 'queued',
      attempt: 1, dispatchId: randomUUID(), queue: queueName(submission.kind, submission.baseModel), waitUntil: new Date(now.getTime() + CATALOGUE[submission.kind].maxWaitMs),
      priceTokens: BigInt(held), termsVersion: submission.termsVersion, styleId: submission.styleId, request: submission.request as Prisma.JsonObject, requestHash: submission.requestHash,
      size: submission.size, createdAt: now,
    },
    items: submission.items.map(({ itemId, ordinal, payeeUserId, priceTokens, licenceId }) => ({
      id: itemId, jobId: submission.jobId, ordinal, payeeUserId, priceTokens: BigInt(priceTokens), licenceId, state: 'queued', reason: null, result: null, endedAt: null,
    })),
  };
}
