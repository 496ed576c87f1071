import { CodedError, isTerminal, type JobState, type Reason } from '@style-license/shared';
import { CHANNELS, RUNNER_SCHEMA } from '@style-license/shared/server';
import type { Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import type { RaisedEvent } from '../../platform/events.ts';
import { notify } from '../../platform/notify.ts';
import { endJob } from './end-job.ts';
import type { JobHooks, JobWithItems } from './job-hooks.ts';
import { lockJob } from './jobs.sql.ts';

/**
 * Stops a job that waits or runs: what was not delivered is refunded, the queue row is cancelled, the runner is told (and finds
 * out by its touch if it was not, R4). It and the attempt's end lock the same row, so one of them comes first and the other
 * finds a job that has ended. Gives the events to raise, last in the caller's transaction.
 */
export async function stopJob(tx: Tx, deps: Deps, hooks: Partial<JobHooks>, job: JobWithItems, reason: Extract<Reason, 'cancelled' | 'expired'>): Promise<RaisedEvent[]> {
  const events = await endJob(tx, deps, hooks, job, { state: 'cancelled', reason });
  if (job.dispatchId) await deps.queue.cancel(tx, RUNNER_SCHEMA, job.queue, job.dispatchId);
  await notify(tx, CHANNELS.jobCancelled, job.id);
  return events;
}

/**
 * Its owner stops a job. Stopping what is stopped already changes nothing.
 * @throws NOT_FOUND for anybody else's, JOB_NOT_CANCELLABLE when it ended otherwise
 */
export async function cancelJob(tx: Tx, deps: Deps, hooks: Partial<JobHooks>, request: { jobId: string; ownerId: string }): Promise<RaisedEvent[]> {
  const job = await lockJob(tx, request.jobId);
  if (!job || job.ownerId !== request.ownerId) throw new CodedError('NOT_FOUND');
  if (job.state === 'cancelled') return [];
  if (isTerminal(job.state as JobState)) throw new CodedError('JOB_NOT_CANCELLABLE', { state: job.state });
  return await stopJob(tx, deps, hooks, job, 'cancelled');
}
