import { isWaiting, type JobState } from '@style-license/shared';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents, type RaisedEvent } from '../../platform/events.ts';
import { stopJob } from './cancel-job.ts';
import type { JobHooks } from './job-hooks.ts';
import { lockJob, overdueJobsSql } from './jobs.sql.ts';

const BATCH = 100;

/** Cancels and refunds what has waited longer than its kind's maximum (R14). Gives their number. */
export async function expireJobs(deps: Deps, hooks: JobHooks): Promise<number> {
  const overdue = await overdueJobsSql(deps.db, deps.clock.now(), BATCH);
  let expired = 0;
  for (const { id } of overdue) {
    await transaction(deps.db, async (tx) => {
      const job = await lockJob(tx, id);
      // It may have been started or cancelled since it was read.
      if (!job || !isWaiting(job.state as JobState) || job.waitUntil > deps.clock.now()) return;
      const events: RaisedEvent[] = await stopJob(tx, deps, hooks, job, 'expired');
      await raiseEvents(tx, events);
      expired += 1;
    });
  }
  return expired;
}
