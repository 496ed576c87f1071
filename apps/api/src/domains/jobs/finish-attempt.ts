import { isItemTerminal, isTerminal, type ItemState, type JobState, type Reason } from '@style-license/shared';
import { CATALOGUE, RETRIED, type ItemReport } from '@style-license/shared/server';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents, type RaisedEvent } from '../../platform/events.ts';
import { completeItems, needed } from './complete-items.ts';
import { dispatch, jobKind } from './dispatch.ts';
import { endJob } from './end-job.ts';
import { jobChanged, withoutRepeats } from './job-events.ts';
import type { JobHooks, JobWithItems } from './job-hooks.ts';
import { closeAttemptSql, deleteProgressSql, lockJob } from './jobs.sql.ts';
import { verifyReports } from './verify-artifacts.ts';

export interface AttemptEnd {
  jobId: string;
  attempt: number;
  reason: Reason;
  /** What the attempt delivered; none when it was lost. */
  items: readonly ItemReport[];
  startedAt: Date | null;
  endedAt: Date;
  runnerId: string | null;
  runnerName: string | null;
  log: string;
}

/**
 * The one way in which an attempt ends, whether its runner said so or it was found lost (R1). What was delivered is settled;
 * the rest is tried again, or failed and refunded. An attempt that is not the job's current one, or a job that has ended, only
 * gets its record closed: redelivery and zombies change nothing.
 */
export async function finishAttempt(deps: Deps, hooks: JobHooks, end: AttemptEnd): Promise<void> {
  const believed = await verifyReports(deps, end);
  await transaction(deps.db, async (tx) => {
    const job = await lockJob(tx, end.jobId);
    if (!job) return;
    await closeAttemptSql(tx, end.jobId, end.attempt, end);
    if (job.attempt !== end.attempt || isTerminal(job.state as JobState)) return;
    const events = await completeItems(tx, deps, hooks, job, believed);
    events.push(...(await conclude(tx, deps, hooks, job, end.reason)));
    await raiseEvents(tx, withoutRepeats(events));
  });
}

async function conclude(tx: Tx, deps: Deps, hooks: JobHooks, job: JobWithItems, said: Reason): Promise<RaisedEvent[]> {
  const open = job.items.filter(({ state }) => !isItemTerminal(state as ItemState));
  if (open.length === 0) return await endJob(tx, deps, hooks, job, { state: 'completed', reason: 'ok' });
  // «ok» with something missing: its files did not arrive as they were said to be.
  const reason = said === 'ok' ? 'network' : said;
  if (reason === 'cancelled') return await endJob(tx, deps, hooks, job, { state: 'cancelled', reason });
  const delaySeconds = await retryDelay(tx, job, reason);
  if (RETRIED[reason] && delaySeconds !== undefined) return await tryAgain(tx, deps, hooks, job, open, reason, delaySeconds);
  const delivered = open.length < job.items.length;
  return await endJob(tx, deps, hooks, job, { state: delivered ? 'partly_completed' : 'failed', reason });
}

/** Before the next attempt, by how many were spent; undefined when none is left. What was given back costs none, and waits for nothing. */
async function retryDelay(tx: Tx, job: JobWithItems, reason: Reason): Promise<number | undefined> {
  if (reason === 'given_back') return 0;
  const spent = await tx.jobAttempt.count({ where: { jobId: job.id, attempt: { lte: job.attempt }, reason: { not: 'given_back' } } });
  return CATALOGUE[jobKind(job)].retryDelaysSeconds[spent - 1];
}

async function tryAgain(
  tx: Tx, deps: Deps, hooks: JobHooks, job: JobWithItems, open: JobWithItems['items'], reason: Reason, delaySeconds: number,
): Promise<RaisedEvent[]> {
  const notBefore = delaySeconds > 0 ? new Date(deps.clock.now().getTime() + delaySeconds * 1_000) : null;
  await tx.jobItem.updateMany({ where: { jobId: job.id, state: 'processing' }, data: { state: 'queued' } });
  await deleteProgressSql(tx, job.id);
  await dispatch(tx, deps, needed(hooks[jobKind(job)], job.kind), job, open, job.attempt + 1, notBefore);
  deps.log.warn({ jobId: job.id, kind: job.kind, userId: job.ownerId, attempt: job.attempt, reason, delaySeconds }, 'job tried again');
  return jobChanged({ ...job, state: 'retrying' });
}
