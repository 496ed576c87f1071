import { runnerEngineDto, runnerGpuDto, type JobKind, type RunnerDto, type RunnerState } from '@style-license/shared';
import { RUNNER_ALIVE_MS } from '@style-license/shared/server';
import type * as z from 'zod';
import type { Reader } from '../../platform/database.ts';

/** Queues that some live runner works on now. */
export async function offeredQueues(db: Reader, now: Date): Promise<string[]> {
  const rows = await db.$queryRaw<{ queue: string }[]>`
    SELECT DISTINCT unnest(queues) AS queue FROM runner.presence WHERE seen_at > ${new Date(now.getTime() - RUNNER_ALIVE_MS)} ORDER BY queue`;
  return rows.map(({ queue }) => queue);
}

interface RunnerRow {
  runner_id: string; name: string; version: string; queues: string[]; slots: number; busy: number; alert: string | null; draining: boolean; started_at: Date; seen_at: Date; engines: unknown; gpus: unknown;
}
interface WorkRow { runner_id: string; job_id: string; kind: JobKind; attempt: number; started_at: Date }

/** A runner that left, or was not seen for this long, is no longer shown. */
const SHOWN_FOR_MS = 24 * 3_600_000;

/** Runners for administrators: what each offers, its GPUs with memory and temperature, and what is wrong with it. A handful of rows. */
export async function runners(db: Reader, now: Date): Promise<RunnerDto[]> {
  const rows = await db.$queryRaw<RunnerRow[]>`
    SELECT runner_id, name, version, queues, slots, busy, alert, draining, started_at, seen_at, engines, gpus FROM runner.presence WHERE seen_at > ${new Date(now.getTime() - SHOWN_FOR_MS)} ORDER BY name, runner_id`;
  const work = await workOf(db, rows.map(({ runner_id: id }) => id));
  return rows.map((row) => ({
    runnerId: row.runner_id, name: row.name, version: row.version, state: stateOf(row, now), alert: row.alert,
    slots: row.slots, busy: row.busy, queues: row.queues, working: work.flatMap(({ runner_id: id, job_id: jobId, kind, attempt, started_at: since }) => (id === row.runner_id ? [{ jobId, kind, attempt, since: since.toISOString() }] : [])), startedAt: row.started_at.toISOString(), seenAt: row.seen_at.toISOString(),
    // Written by runners: what is not of this form is left out, and the rest is shown.
    engines: entries(runnerEngineDto, row.engines), gpus: entries(runnerGpuDto, row.gpus),
  }));
}

/** What each works on: attempts that began and have not ended, of open jobs (jobs_open, job_attempts_pkey). */
async function workOf(db: Reader, ids: readonly string[]): Promise<WorkRow[]> {
  return await db.$queryRaw<WorkRow[]>`
    SELECT a.runner_id, j.id AS job_id, j.kind, a.attempt, a.started_at
    FROM jobs j JOIN job_attempts a ON a.job_id = j.id AND a.attempt = j.attempt
    WHERE j.ended_at IS NULL AND a.runner_id = ANY (${[...ids]}::uuid[]) AND a.started_at IS NOT NULL AND a.ended_at IS NULL
    ORDER BY a.started_at, j.id`;
}

function stateOf({ seen_at: seenAt, alert, draining, queues }: RunnerRow, now: Date): RunnerState {
  if (seenAt.getTime() <= now.getTime() - RUNNER_ALIVE_MS) return 'silent';
  if (alert !== null) return 'lost';
  if (draining) return 'draining';
  return queues.length === 0 ? 'nothing' : 'ready';
}

const entries = <T>(schema: z.ZodType<T>, value: unknown): T[] => (Array.isArray(value) ? value : []).flatMap((entry) => schema.safeParse(entry).data ?? []);
