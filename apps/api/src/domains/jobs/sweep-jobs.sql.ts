import type { Tx } from '../../platform/database.ts';

export interface Dispatch { job_id: string; attempt: number }

/**
 * Jobs whose current dispatch has no live queue row (R14): its attempt has been told the end of, or a queue was restored, a row
 * deleted by hand, a message lost with its database. Active jobs by jobs_active, queue rows by their primary key (name, id).
 */
export async function dispatchesWithoutRowSql(tx: Tx, dispatchedBefore: Date, limit: number): Promise<Dispatch[]> {
  return await tx.$queryRaw<Dispatch[]>`
    SELECT j.id AS job_id, j.attempt
    FROM jobs j
    JOIN job_attempts a ON a.job_id = j.id AND a.attempt = j.attempt
    WHERE j.ended_at IS NULL AND j.dispatch_id IS NOT NULL AND a.dispatched_at < ${dispatchedBefore.toISOString()}::timestamptz
      AND NOT EXISTS (SELECT 1 FROM runner.job q WHERE q.name = j.queue AND q.id = j.dispatch_id AND q.state IN ('created', 'retry', 'active'))
    ORDER BY j.created_at LIMIT ${limit}`;
}

/** Which of these jobs have a message that waits to be read. Reads the messages of a day, so it is asked only where a row is missing. */
export async function attemptsToldOfSql(tx: Tx, jobIds: readonly string[]): Promise<Dispatch[]> {
  return await tx.$queryRaw<Dispatch[]>`
    SELECT (data->>'jobId')::uuid AS job_id, (data->>'attempt')::int AS attempt FROM runner.job
    WHERE name IN ('attempt.finished', 'attempt.lost') AND state IN ('created', 'retry', 'active') AND data->>'jobId' = ANY (${jobIds}::text[])`;
}

/** Progress that a runner wrote after its job had ended (or of a job that never was): previews are deleted at the end (R10). */
export async function deleteLateProgressSql(tx: Tx): Promise<number> {
  return await tx.$executeRaw`
    DELETE FROM runner.progress p WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id = p.job_id AND j.ended_at IS NULL)`;
}
