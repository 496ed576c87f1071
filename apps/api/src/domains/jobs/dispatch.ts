import { randomUUID } from 'node:crypto';
import { JOB_KINDS, type JobKind } from '@style-license/shared';
import { ATTEMPT_LOST, attemptPayload, CATALOGUE, CHANNELS, DEMO_TURN_OFFSET, RUNNER_SCHEMA } from '@style-license/shared/server';
import type { Job, JobItem } from '@style-license/db';
import type { Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { notify } from '../../platform/notify.ts';
import type { AnyJobHooks } from './job-hooks.ts';

/**
 * Sends attempt n of a job to its queue, in the caller's transaction, which holds the job's lock (R1). The queue row's id is the
 * job's dispatch id: cancelling, sweeping and fencing all go by it.
 */
export async function dispatch(
  tx: Tx, deps: Deps, hooks: Pick<AnyJobHooks, 'buildSpec'>, job: Job, openItems: readonly JobItem[], attempt: number, notBefore: Date | null,
): Promise<void> {
  const dispatchId = randomUUID();
  await tx.job.update({ where: { id: job.id }, data: { attempt, dispatchId, notBefore, state: 'retrying' } });
  await tx.jobAttempt.create({ data: { jobId: job.id, attempt, dispatchId, dispatchedAt: deps.clock.now() } });
  await enqueue(tx, deps, hooks, { ...job, attempt, dispatchId, notBefore }, openItems);
  await notify(tx, CHANNELS.jobQueued, job.queue);
}

/** The queue row of a job's attempt, which is written already. The caller wakes the runners. */
export async function enqueue(
  tx: Tx, deps: Deps, hooks: Pick<AnyJobHooks, 'buildSpec'>, job: Job & { dispatchId: string }, openItems: readonly JobItem[],
): Promise<void> {
  const kind = jobKind(job);
  const payload = attemptPayload.parse({
    jobId: job.id, attempt: job.attempt, ownerId: job.ownerId, maxRuntimeMs: CATALOGUE[kind].maxRuntimeMs, kind, spec: await hooks.buildSpec(tx, deps, job, openItems),
  });
  await deps.queue.send(tx, {
    schema: RUNNER_SCHEMA, queue: job.queue, data: payload, id: job.dispatchId, retryLimit: 0, deadLetter: ATTEMPT_LOST, priority: queuePriority(job),
    ...(job.notBefore ? { startAfter: job.notBefore } : {}),
  });
}

/** Greater first: the lowest turn; every user's job before any of the demo gallery's. */
export const queuePriority = (job: Pick<Job, 'turn' | 'pool'>): number => -Number(job.turn) - (job.pool === 'demo' ? DEMO_TURN_OFFSET : 0);

export function jobKind(job: Pick<Job, 'id' | 'kind'>): JobKind {
  const kind = JOB_KINDS.find((known) => known === job.kind);
  if (!kind) throw new Error(`job ${job.id} has the unknown kind ${job.kind}`);
  return kind;
}
