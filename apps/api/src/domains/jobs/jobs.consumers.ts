import { ATTEMPT_FINISHED, ATTEMPT_ITEM, ATTEMPT_LOST, ATTEMPT_STARTED, RUNNER_SCHEMA, attemptFinishedMessage, attemptItemMessage, attemptStartedMessage } from '@style-license/shared/server';
import * as z from 'zod';
import type { Deps } from '../../platform/deps.ts';
import { finishAttempt } from './finish-attempt.ts';
import type { JobHooks } from './job-hooks.ts';
import { reportItem } from './report-item.ts';
import { startAttempt } from './start-attempt.ts';

/** The dead letter of an engine queue carries the attempt's payload; only whose it was matters. */
const lostAttempt = z.object({ jobId: z.uuid(), attempt: z.int() });

/** What runners tell (and what the queue tells when they tell nothing). Workers only. Delayed and dead-letter rows are polled often (R3). */
export async function consumeAttempts(deps: Deps, hooks: JobHooks): Promise<void> {
  const { queue } = deps;
  const settings = { concurrency: 4, pollingSeconds: 0.5 };
  await queue.work<object>(RUNNER_SCHEMA, ATTEMPT_STARTED, async (data) => await startAttempt(deps, attemptStartedMessage.parse(data)), settings);
  await queue.work<object>(RUNNER_SCHEMA, ATTEMPT_ITEM, async (data) => await reportItem(deps, hooks, attemptItemMessage.parse(data)), settings);
  await queue.work<object>(RUNNER_SCHEMA, ATTEMPT_FINISHED, async (data) => {
    const message = attemptFinishedMessage.parse(data);
    await finishAttempt(deps, hooks, { ...message, startedAt: new Date(message.startedAt), endedAt: new Date(message.endedAt) });
  }, settings);
  await queue.work<object>(RUNNER_SCHEMA, ATTEMPT_LOST, async (data) => {
    const { jobId, attempt } = lostAttempt.parse(data);
    await finishAttempt(deps, hooks, {
      jobId, attempt, reason: 'lost', items: [], startedAt: null, endedAt: deps.clock.now(), runnerId: null, runnerName: null, log: '',
    });
  }, settings);
}
