import { isTerminal, type JobState, type Reason } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import type { RaisedEvent } from '../../platform/events.ts';
import { refund } from '../ledger/index.ts';
import { needed } from './complete-items.ts';
import { jobKind } from './dispatch.ts';
import { balanceChanged, jobChanged } from './job-events.ts';
import type { JobHooks, JobWithItems } from './job-hooks.ts';
import { closeOpenItemsSql, deleteProgressSql } from './jobs.sql.ts';

/**
 * Takes a job to its last state: what was not delivered is closed and refunded, its progress and previews go (R10), its kind's
 * domain is told. The job's lock is held and it has not ended. Gives the events to raise.
 */
export async function endJob(
  tx: Tx, deps: Deps, hooks: Partial<JobHooks>, job: JobWithItems, end: { state: JobState; reason: Reason },
): Promise<RaisedEvent[]> {
  if (isTerminal(job.state as JobState) || !isTerminal(end.state)) throw new Error(`job ${job.id} cannot end: ${job.state} → ${end.state}`);
  const now = deps.clock.now();
  const closed = await closeOpenItemsSql(tx, job.id, end.state === 'cancelled' ? 'cancelled' : 'failed', end.reason, now);
  const returned = closed.length > 0 ? await refund(tx, { jobId: job.id, reason: end.reason }) : 0;
  await tx.job.update({ where: { id: job.id }, data: { state: end.state, reason: end.reason, endedAt: now } });
  await deleteProgressSql(tx, job.id);
  const ended = await tx.job.findUniqueOrThrow({ where: { id: job.id }, include: { items: { orderBy: { ordinal: 'asc' } } } });
  const told = await needed(hooks[jobKind(job)], job.kind).jobEnded(tx, deps, ended);
  deps.log.info({ jobId: job.id, kind: job.kind, userId: job.ownerId, state: end.state, reason: end.reason, refunded: returned, attempts: job.attempt }, 'job ended');
  return [...told, ...jobChanged(ended), ...(returned > 0 ? balanceChanged(job.ownerId) : [])];
}
