import type { LeaveStep } from '../../platform/leaving.ts';
import { stopJob } from './cancel-job.ts';
import type { JobHooks } from './job-hooks.ts';
import { lockJob } from './jobs.sql.ts';

/** Whoever goes has their running jobs cancelled and what they hold given back, before anything is erased. */
export const leaveJobs = (hooks: JobHooks): LeaveStep => ({
  name: 'jobs',
  async run(tx, deps, { userId, mode }) {
    // In the order of ids, as everyone who locks several jobs.
    const active = await tx.job.findMany({ where: { ownerId: userId, endedAt: null }, select: { id: true }, orderBy: { id: 'asc' } });
    for (const { id } of active) {
      const job = await lockJob(tx, id);
      // Nobody is left to be told: the events stay unraised.
      if (job && job.endedAt === null) await stopJob(tx, deps, hooks, job, 'cancelled');
    }
    // What was asked for is theirs; that it was asked for stays with the ledger.
    if (mode === 'leave') await tx.job.updateMany({ where: { ownerId: userId }, data: { request: {} } });
  },
});
