import { RUNNER_ALIVE_MS } from '@style-license/shared/server';
import type { Reader } from '../../platform/database.ts';

/** Queues that some live runner works on now. */
export async function offeredQueues(db: Reader, now: Date): Promise<string[]> {
  const rows = await db.$queryRaw<{ queue: string }[]>`
    SELECT DISTINCT unnest(queues) AS queue FROM runner.presence WHERE seen_at > ${new Date(now.getTime() - RUNNER_ALIVE_MS)} ORDER BY queue`;
  return rows.map(({ queue }) => queue);
}
