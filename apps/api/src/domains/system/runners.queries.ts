import { runnerEngineDto, runnerGpuDto, type RunnerDto } from '@style-license/shared';
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
  runner_id: string; name: string; version: string; queues: string[]; slots: number; busy: number; alert: string | null; started_at: Date; seen_at: Date; engines: unknown; gpus: unknown;
}

/** A runner that left, or was not seen for this long, is no longer shown. */
const SHOWN_FOR_MS = 24 * 3_600_000;

/** Runners for administrators: what each offers, its GPUs with memory and temperature, and what is wrong with it. A handful of rows. */
export async function runners(db: Reader, now: Date): Promise<RunnerDto[]> {
  const rows = await db.$queryRaw<RunnerRow[]>`
    SELECT runner_id, name, version, queues, slots, busy, alert, started_at, seen_at, engines, gpus FROM runner.presence WHERE seen_at > ${new Date(now.getTime() - SHOWN_FOR_MS)} ORDER BY name, runner_id`;
  return rows.map((row) => ({
    runnerId: row.runner_id, name: row.name, version: row.version, alive: row.seen_at.getTime() > now.getTime() - RUNNER_ALIVE_MS, alert: row.alert,
    slots: row.slots, busy: row.busy, queues: row.queues, startedAt: row.started_at.toISOString(), seenAt: row.seen_at.toISOString(),
    // Written by runners: what is not of this form is left out, and the rest is shown.
    engines: entries(runnerEngineDto, row.engines), gpus: entries(runnerGpuDto, row.gpus),
  }));
}

const entries = <T>(schema: z.ZodType<T>, value: unknown): T[] => (Array.isArray(value) ? value : []).flatMap((entry) => schema.safeParse(entry).data ?? []);
