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
  await consume(deps, ATTEMPT_STARTED, attemptStartedMessage, (message) => startAttempt(deps, message));
  await consume(deps, ATTEMPT_ITEM, attemptItemMessage, (message) => reportItem(deps, hooks, message));
  await consume(deps, ATTEMPT_FINISHED, attemptFinishedMessage, (message) =>
    finishAttempt(deps, hooks, { ...message, startedAt: new Date(message.startedAt), endedAt: new Date(message.endedAt) }));
  await consume(deps, ATTEMPT_LOST, lostAttempt, ({ jobId, attempt }) =>
    finishAttempt(deps, hooks, { jobId, attempt, reason: 'lost', items: [], startedAt: null, endedAt: deps.clock.now(), runnerId: null, runnerName: null, log: '' }));
}

/** Each message is a short transaction: two at once keep a worker busy, and an idle one asks little. More load, more workers. */
const SETTINGS = { concurrency: 2, pollingSeconds: 0.5 };

async function consume<T>(deps: Deps, name: string, schema: z.ZodType<T>, handle: (message: T) => Promise<void>): Promise<void> {
  await deps.queue.work<object>(RUNNER_SCHEMA, name, async (data, { id }) => {
    const parsed = schema.safeParse(data);
    // Again would be as unreadable as now. The attempt it was about has no live queue row then, and the sweep finds it.
    if (parsed.success) await handle(parsed.data);
    else deps.log.error({ queue: name, messageId: id, issues: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) }, 'unreadable message');
  }, SETTINGS);
}
