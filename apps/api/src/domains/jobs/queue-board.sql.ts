import type { Reader } from '../../platform/database.ts';

export interface WaitingRow { id: string; pool: string; turn: bigint; created_at: Date; queue: string; size: string; items: number; delay_seconds: number }

/** Everything that waits, in the order in which runners take it, users' jobs first: jobs_waiting. */
export async function waitingJobsSql(db: Reader, now: Date): Promise<WaitingRow[]> {
  return await db.$queryRaw<WaitingRow[]>`
    SELECT j.id, j.pool, j.turn, j.created_at, j.queue, j.size, (SELECT count(*) FROM job_items i WHERE i.job_id = j.id AND i.state IN ('queued', 'processing'))::int AS items,
      greatest(0, coalesce(extract(epoch FROM j.not_before - ${now.toISOString()}::timestamptz), 0))::float8 AS delay_seconds
    FROM jobs j WHERE j.state IN ('queued', 'retrying', 'scheduled')
    ORDER BY j.pool = 'demo', j.turn, j.created_at, j.id`;
}

export interface RunningRow { queue: string; size: string; items: number; elapsed_seconds: number; seconds_left: number | null }
/** What runs now, with what its engine says about the end: jobs_state_idx. */
export async function runningJobsSql(db: Reader, now: Date): Promise<RunningRow[]> {
  return await db.$queryRaw<RunningRow[]>`
    SELECT j.queue, j.size, (SELECT count(*) FROM job_items i WHERE i.job_id = j.id)::int AS items,
      greatest(0, coalesce(extract(epoch FROM ${now.toISOString()}::timestamptz - a.started_at), 0))::float8 AS elapsed_seconds,
      -- greatest() passes over nulls: without the CASE, «not known» would become «none left»
      CASE WHEN p.seconds_left IS NOT NULL THEN greatest(0, p.seconds_left - extract(epoch FROM ${now.toISOString()}::timestamptz - p.updated_at)) END::float8 AS seconds_left
    FROM jobs j
    JOIN job_attempts a ON a.job_id = j.id AND a.attempt = j.attempt
    LEFT JOIN runner.progress p ON p.job_id = j.id AND p.attempt = j.attempt
    WHERE j.state = 'processing'`;
}

export interface RunnerRow { queues: string[]; slots: number }
export async function liveRunnersSql(db: Reader, seenAfter: Date): Promise<RunnerRow[]> {
  return await db.$queryRaw<RunnerRow[]>`SELECT queues, slots FROM runner.presence WHERE seen_at > ${seenAfter.toISOString()}::timestamptz`;
}
