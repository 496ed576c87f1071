/** Hand-written SQL of jobs. Reads that lists are made of stand in the *.queries.ts files. */
import type { JobState } from '@style-license/shared';
import { Prisma, type Job, type JobItem } from '@style-license/db';
import { oneOf, type Reader, type Tx } from '../../platform/database.ts';
import type { JobWithItems } from './job-hooks.ts';

/**
 * The job's row lock: first in the lock order (R19), held by whatever changes the job. NO KEY: rows that point to the job may
 * be written meanwhile.
 */
export async function lockJob(tx: Tx, jobId: string): Promise<JobWithItems | null> {
  const locked = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM jobs WHERE id = ${jobId}::uuid FOR NO KEY UPDATE`;
  if (locked.length === 0) return null;
  // A second statement, so that it sees what the lock's holder before us committed.
  return await tx.job.findUnique({ where: { id: jobId }, include: { items: { orderBy: { ordinal: 'asc' } } } });
}

export interface SubmittedRow { is_known: boolean; owner_id: string | null; request_hash: string | null }
/** The submitter's row lock: their submissions stand in line, so that each sees the turns and ids of the one before (R6). And what is known of this id. */
export async function submittedJobSql(tx: Tx, submitterId: string, jobId: string): Promise<SubmittedRow> {
  const [row] = await tx.$queryRaw<SubmittedRow[]>`SELECT is_known, owner_id, request_hash FROM job_submitted(${submitterId}::uuid, ${jobId}::uuid)`;
  return row!;
}

export type NewJob = Omit<Job, 'turn' | 'pool' | 'stage' | 'startedAt' | 'endedAt' | 'reason' | 'notBefore'> & { ownerId: string; dispatchId: string };
export type NewItem = Pick<JobItem, 'id' | 'ordinal' | 'payeeUserId' | 'licenceId'> & { priceTokens: number };

/**
 * A job with its items, the record of its first attempt and the rows of its kind's own domain, in one round trip. Null when the id is
 * taken: ON CONFLICT, since a caught violation would have ended the transaction (R31). The submitter is locked.
 *
 * Fair turns (R6; docs/adr/0007). A turn is half an item. The pool's clock is the greatest turn that was started
 * (jobs_started_turn); a person's next turn is one after it, or after all that their own unended jobs ask for
 * (jobs_active_owner), two turns an item. So a first job stands before every second one, and because each newcomer moves the
 * clock by one while a second job waits two turns ahead, no stream of newcomers holds it up for ever.
 */
export async function insertJobSql(tx: Tx, job: NewJob, items: readonly NewItem[], ownRows: Prisma.Sql | null): Promise<Pick<Job, 'turn' | 'pool'> | null> {
  const [row] = await tx.$queryRaw<Pick<Job, 'turn' | 'pool'>[]>`
    WITH new_job AS (
      INSERT INTO jobs (id, kind, owner_id, funding, parent_id, state, attempt, dispatch_id, queue, pool, turn, wait_until, price_tokens, terms_version, style_id,
        request, request_hash, size, created_at)
      SELECT ${job.id}::uuid, ${job.kind}, u.id, ${job.funding}, ${job.parentId}::uuid, ${job.state}, ${job.attempt}::int, ${job.dispatchId}::uuid, ${job.queue}, u.pool,
        greatest(
          coalesce((SELECT max(turn) FROM jobs WHERE pool = u.pool AND started_at IS NOT NULL), 0) + 1,
          coalesce((
            SELECT max(j.turn + 2 * (SELECT count(*) FROM job_items i WHERE i.job_id = j.id)) FROM jobs j
            WHERE j.owner_id = u.id AND j.pool = u.pool AND j.ended_at IS NULL
          ), 0)
        )::bigint,
        ${job.waitUntil.toISOString()}::timestamptz, ${job.priceTokens}::bigint, ${job.termsVersion}::int, ${job.styleId}::uuid,
        ${JSON.stringify(job.request)}::jsonb, ${job.requestHash}, ${job.size}, ${job.createdAt.toISOString()}::timestamptz
      FROM users u WHERE u.id = ${job.ownerId}::uuid
      ON CONFLICT (id) DO NOTHING
      RETURNING id, attempt, dispatch_id, created_at, turn, pool
    ), new_items AS (
      INSERT INTO job_items (id, job_id, ordinal, payee_user_id, price_tokens, licence_id)
      SELECT given.id, new_job.id, given.ordinal, given.payee_user_id, given.price_tokens, given.licence_id
      FROM new_job, unnest(
        ${items.map(({ id }) => id)}::uuid[], ${items.map(({ ordinal }) => ordinal)}::int[], ${items.map(({ payeeUserId }) => payeeUserId)}::uuid[],
        ${items.map(({ priceTokens }) => priceTokens)}::bigint[], ${items.map(({ licenceId }) => licenceId)}::text[]
      ) AS given (id, ordinal, payee_user_id, price_tokens, licence_id)
    ), first_attempt AS (
      INSERT INTO job_attempts (job_id, attempt, dispatch_id, dispatched_at) SELECT id, attempt, dispatch_id, created_at FROM new_job
    )${ownRows ? Prisma.sql`, own_rows AS (${ownRows})` : Prisma.empty}
    SELECT turn, pool FROM new_job`;
  return row ?? null;
}

export interface JobRow extends Omit<Job, 'ownerId' | 'funding' | 'parentId' | 'stage' | 'dispatchId' | 'waitUntil' | 'priceTokens' | 'termsVersion' | 'request' | 'requestHash'> {
  styleTitle: string | null; items: { id: string; ordinal: number; state: string; reason: string | null; priceTokens: number }[];
}

/** Jobs as pages show them, with their items in order: by their keys, and job_items_job_id_ordinal_key. */
export async function jobRowsSql(db: Reader, ids: readonly string[]): Promise<JobRow[]> {
  return await db.$queryRaw<JobRow[]>`
    SELECT j.id, j.kind, j.state, j.style_id AS "styleId", s.title AS "styleTitle", j.attempt, j.queue, j.pool, j.turn, j.size, j.not_before AS "notBefore", j.reason,
      j.created_at AS "createdAt", j.started_at AS "startedAt", j.ended_at AS "endedAt", items.of_job AS items
    FROM jobs j
    LEFT JOIN styles s ON s.id = j.style_id
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'ordinal', i.ordinal, 'state', i.state, 'reason', i.reason, 'priceTokens', i.price_tokens) ORDER BY i.ordinal), '[]') AS of_job
      FROM job_items i WHERE i.job_id = j.id
    ) items
    WHERE ${oneOf(Prisma.sql`j.id`, ids)}`;
}

/** Takes the lines' items that are not delivered to their end. Gives their ids. */
export async function closeOpenItemsSql(tx: Tx, jobId: string, state: 'failed' | 'cancelled', reason: string, now: Date): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    UPDATE job_items SET state = ${state}, reason = ${reason}, ended_at = ${now.toISOString()}::timestamptz
    WHERE job_id = ${jobId}::uuid AND state IN ('queued', 'processing') RETURNING id`;
  return rows.map(({ id }) => id);
}

export async function deleteProgressSql(tx: Tx, jobId: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM runner.progress WHERE job_id = ${jobId}::uuid`;
}

/** Closes the record of an attempt, also of one that no longer counts. Once. */
export async function closeAttemptSql(
  tx: Tx, jobId: string, attempt: number,
  end: { reason: string; endedAt: Date; startedAt: Date | null; runnerId: string | null; runnerName: string | null; log: string },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE job_attempts SET reason = ${end.reason}, ended_at = ${end.endedAt.toISOString()}::timestamptz, log = ${end.log},
      started_at = coalesce(started_at, ${end.startedAt?.toISOString() ?? null}::timestamptz),
      runner_id = coalesce(runner_id, ${end.runnerId}::uuid), runner_name = coalesce(runner_name, ${end.runnerName})
    WHERE job_id = ${jobId}::uuid AND attempt = ${attempt} AND ended_at IS NULL`;
}

export interface OverdueRow { id: string; state: JobState }
/** Waiting longer than their kind allows: jobs_wait_until. */
export async function overdueJobsSql(tx: Tx, now: Date, limit: number): Promise<OverdueRow[]> {
  return await tx.$queryRaw<OverdueRow[]>`
    SELECT id, state FROM jobs WHERE state IN ('queued', 'retrying', 'scheduled') AND wait_until < ${now.toISOString()}::timestamptz
    ORDER BY wait_until LIMIT ${limit}`;
}
