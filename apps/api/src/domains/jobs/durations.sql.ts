import type { Reader } from '../../platform/database.ts';

export interface MeasuredRow { queue: string; size: string; items: number; seconds: number }

/** The newest first attempts that went well, with what their time depends on: job_attempts_measured. */
export async function measuredDurationsSql(db: Reader, limit: number): Promise<MeasuredRow[]> {
  return await db.$queryRaw<MeasuredRow[]>`
    SELECT j.queue, j.size, (SELECT count(*) FROM job_items i WHERE i.job_id = j.id)::int AS items,
      extract(epoch FROM a.ended_at - a.started_at)::float8 AS seconds
    FROM job_attempts a JOIN jobs j ON j.id = a.job_id
    WHERE a.reason = 'ok' AND a.attempt = 1 AND a.started_at IS NOT NULL
    ORDER BY a.ended_at DESC LIMIT ${limit}`;
}
