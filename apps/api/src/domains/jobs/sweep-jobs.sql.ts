import type { Tx } from '../../platform/database.ts';

export interface LostDispatch { job_id: string; attempt: number }

/**
 * Jobs whose current dispatch has no live queue row, and of whose attempt no message waits to be read (R14): a restored queue,
 * a row deleted by hand, a message lost with its database. Active jobs by jobs_active; queue rows by their primary key
 * (name, id); waiting messages once, they are few.
 */
export async function lostDispatchesSql(tx: Tx, dispatchedBefore: Date, limit: number): Promise<LostDispatch[]> {
  return await tx.$queryRaw<LostDispatch[]>`
    WITH told AS MATERIALIZED (
      SELECT data->>'jobId' AS job_id, (data->>'attempt')::int AS attempt FROM runner.job
      WHERE name IN ('attempt.finished', 'attempt.lost') AND state IN ('created', 'retry', 'active')
    )
    SELECT j.id AS job_id, j.attempt
    FROM jobs j
    JOIN job_attempts a ON a.job_id = j.id AND a.attempt = j.attempt
    WHERE j.ended_at IS NULL AND j.dispatch_id IS NOT NULL AND a.dispatched_at < ${dispatchedBefore.toISOString()}::timestamptz
      AND NOT EXISTS (SELECT 1 FROM runner.job q WHERE q.name = j.queue AND q.id = j.dispatch_id AND q.state IN ('created', 'retry', 'active'))
      AND NOT EXISTS (SELECT 1 FROM told WHERE told.job_id = j.id::text AND told.attempt = j.attempt)
    ORDER BY j.created_at LIMIT ${limit}`;
}

/** Progress that a runner wrote after its job had ended (or of a job that never was): previews are deleted at the end (R10). */
export async function deleteLateProgressSql(tx: Tx): Promise<number> {
  return await tx.$executeRaw`
    DELETE FROM runner.progress p WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id = p.job_id AND j.ended_at IS NULL)`;
}
