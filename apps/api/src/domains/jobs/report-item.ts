import { isItemTerminal, isTerminal, type ItemState, type JobState } from '@style-license/shared';
import type { attemptItemMessage } from '@style-license/shared/server';
import type * as z from 'zod';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { completeItems } from './complete-items.ts';
import { endJob } from './end-job.ts';
import { jobChanged, withoutRepeats } from './job-events.ts';
import type { JobHooks } from './job-hooks.ts';
import { lockJob } from './jobs.sql.ts';
import { verifyReports } from './verify-artifacts.ts';

/**
 * One item of a running attempt is there (`attempt.item`): it settles, is licensed and shown at once, while the others are
 * still being made. With the last one the job is done; the attempt's own end only adds to its record then.
 */
export async function reportItem(deps: Deps, hooks: JobHooks, message: z.infer<typeof attemptItemMessage>): Promise<void> {
  const believed = await verifyReports(deps, { ...message, items: [message.item] });
  if (believed.length === 0) return;
  await transaction(deps.db, async (tx) => {
    const job = await lockJob(tx, message.jobId);
    if (!job || job.attempt !== message.attempt || isTerminal(job.state as JobState)) return;
    const events = await completeItems(tx, deps, hooks, job, believed);
    const allDone = job.items.every(({ state }) => isItemTerminal(state as ItemState));
    if (allDone) events.push(...(await endJob(tx, deps, hooks, job, { state: 'completed', reason: 'ok' })));
    else if (events.length > 0) events.push(...jobChanged(job));
    await raiseEvents(tx, withoutRepeats(events));
  });
}
