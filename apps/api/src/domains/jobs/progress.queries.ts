import type { ProgressDto } from '@style-license/shared';
import type { Reader } from '../../platform/database.ts';

interface ProgressRow {
  job_id: string; owner_id: string | null; attempt: number; sequence: number; phase: string; step: number; of: number; item: number; items: number; fraction: number;
  seconds_left: number | null; loss: number | null; loss_curve: [number, number][]; preview_sequence: number | null; updated_at: Date;
}
export interface OwnedProgress { ownerId: string | null; progress: ProgressDto }

/** Progress of jobs that run, of their current attempt only (R10). The preview itself stays where it is: it has its own URL. */
export async function progressOf(db: Reader, jobIds: readonly string[]): Promise<Map<string, OwnedProgress>> {
  if (jobIds.length === 0) return new Map();
  const rows = await db.$queryRaw<ProgressRow[]>`
    SELECT p.job_id, j.owner_id, p.attempt, p.sequence, p.phase, p.step, p."of", p.item, p.items, p.fraction, p.seconds_left, p.loss, p.loss_curve,
      p.preview_sequence, p.updated_at
    FROM runner.progress p JOIN jobs j ON j.id = p.job_id
    WHERE p.job_id = ANY (${jobIds}::uuid[]) AND j.ended_at IS NULL AND p.attempt = j.attempt`;
  return new Map(rows.map((row) => [row.job_id, { ownerId: row.owner_id, progress: progressDtoOf(row) }]));
}

function progressDtoOf(row: ProgressRow): ProgressDto {
  return {
    jobId: row.job_id, attempt: row.attempt, sequence: row.sequence, phase: row.phase, step: row.step, of: Math.max(1, row.of), item: row.item, items: Math.max(1, row.items),
    fraction: Math.min(1, row.fraction), secondsLeft: row.seconds_left === null ? null : Math.max(0, row.seconds_left), loss: row.loss, lossCurve: row.loss_curve,
    previewUrl: row.preview_sequence === null ? null : `/previews/${row.job_id}?v=${row.attempt}-${row.preview_sequence}`,
    updatedAt: row.updated_at.toISOString(),
  };
}

/** The newest preview of a job, for its owner only; null for anybody else, and when there is none. */
export async function previewFor(db: Reader, jobId: string, userId: string): Promise<Uint8Array | null> {
  const [row] = await db.$queryRaw<{ preview: Uint8Array | null }[]>`
    SELECT p.preview FROM runner.progress p JOIN jobs j ON j.id = p.job_id
    WHERE p.job_id = ${jobId}::uuid AND j.owner_id = ${userId}::uuid AND j.ended_at IS NULL AND p.attempt = j.attempt`;
  return row?.preview ?? null;
}
