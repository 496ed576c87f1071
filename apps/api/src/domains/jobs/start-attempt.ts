import { isTerminal, type JobState } from '@style-license/shared';
import type { attemptStartedMessage } from '@style-license/shared/server';
import type * as z from 'zod';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { jobChanged } from './job-events.ts';
import { lockJob } from './jobs.sql.ts';

/** A runner began with an attempt (`attempt.started`): the job is processing. Late, doubled or outdated, it changes nothing. */
export async function startAttempt(deps: Deps, message: z.infer<typeof attemptStartedMessage>): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const job = await lockJob(tx, message.jobId);
    if (!job || job.attempt !== message.attempt || isTerminal(job.state as JobState) || job.state === 'processing') return;
    const startedAt = new Date(message.startedAt);
    await tx.jobAttempt.updateMany({
      where: { jobId: job.id, attempt: message.attempt, startedAt: null }, data: { startedAt, runnerId: message.runnerId, runnerName: message.runnerName },
    });
    await tx.jobItem.updateMany({ where: { jobId: job.id, state: 'queued' }, data: { state: 'processing' } });
    const started = await tx.job.update({ where: { id: job.id }, data: { state: 'processing', startedAt: job.startedAt ?? startedAt, notBefore: null } });
    deps.log.info({ jobId: job.id, kind: job.kind, userId: job.ownerId, attempt: message.attempt, runner: message.runnerName }, 'job started');
    await raiseEvents(tx, jobChanged(started));
  });
}
