import type { Deps } from '../../platform/deps.ts';
import { finishAttempt } from './finish-attempt.ts';
import type { JobHooks } from './job-hooks.ts';
import { attemptsToldOfSql, deleteLateProgressSql, dispatchesWithoutRowSql } from './sweep-jobs.sql.ts';

/** A dispatch and its queue row commit together; a young one needs no looking after. */
const MIN_AGE_MS = 15_000;
const BATCH = 100;

/** Finds attempts that nobody will ever end, and ends them as lost: they are tried again or refunded. Gives their number. */
export async function sweepJobs(deps: Deps, hooks: JobHooks): Promise<number> {
  const now = deps.clock.now();
  const rowless = await dispatchesWithoutRowSql(deps.db, new Date(now.getTime() - MIN_AGE_MS), BATCH);
  const told = rowless.length > 0 ? await attemptsToldOfSql(deps.db, rowless.map(({ job_id: jobId }) => jobId)) : [];
  // A message read between the two queries is no harm: its attempt is not the job's current one any more.
  const lost = rowless.filter((one) => !told.some((other) => other.job_id === one.job_id && other.attempt === one.attempt));
  for (const { job_id: jobId, attempt } of lost) {
    deps.log.error({ jobId, attempt }, 'attempt without a queue row');
    await finishAttempt(deps, hooks, { jobId, attempt, reason: 'lost', items: [], startedAt: null, endedAt: now, runnerId: null, runnerName: null, log: '' });
  }
  await deleteLateProgressSql(deps.db);
  return lost.length;
}
