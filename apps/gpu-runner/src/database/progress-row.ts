/** The one progress row of a job (R10). It never goes back: an older attempt or sequence writes nothing. */
import { CHANNELS, RUNNER_SCHEMA } from '@style-license/shared/server';
import type { Sql } from './database.ts';

export interface ProgressRow {
  jobId: string;
  attempt: number;
  sequence: number;
  phase: string;
  step: number;
  of: number;
  item: number;
  items: number;
  fraction: number;
  secondsLeft: number | null;
  loss: number | null;
  lossCurve: readonly (readonly [number, number])[];
  /** A new preview, or null to keep the one of the same item. */
  preview: Buffer | null;
}

const UPSERT = `
  WITH written AS (
    INSERT INTO ${RUNNER_SCHEMA}.progress AS old
      (job_id, attempt, sequence, phase, step, "of", item, items, fraction, seconds_left, loss, loss_curve, preview, preview_sequence, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, CASE WHEN $13::bytea IS NULL THEN NULL ELSE $3::int END, now())
    ON CONFLICT (job_id) DO UPDATE SET
      attempt = excluded.attempt, sequence = excluded.sequence, phase = excluded.phase, step = excluded.step, "of" = excluded."of",
      item = excluded.item, items = excluded.items, fraction = excluded.fraction, seconds_left = excluded.seconds_left,
      loss = excluded.loss, loss_curve = excluded.loss_curve, updated_at = excluded.updated_at,
      preview = CASE WHEN excluded.preview IS NOT NULL THEN excluded.preview
                     WHEN old.attempt = excluded.attempt AND old.item = excluded.item THEN old.preview END,
      preview_sequence = CASE WHEN excluded.preview IS NOT NULL THEN excluded.preview_sequence
                              WHEN old.attempt = excluded.attempt AND old.item = excluded.item THEN old.preview_sequence END
    WHERE (excluded.attempt, excluded.sequence) > (old.attempt, old.sequence)
    RETURNING job_id
  )
  SELECT pg_notify($14, job_id::text) FROM written`;

export async function writeProgress(sql: Sql, row: ProgressRow): Promise<void> {
  await sql.executeSql(UPSERT, [
    row.jobId, row.attempt, row.sequence, row.phase, row.step, row.of, row.item, row.items, row.fraction, row.secondsLeft, row.loss,
    JSON.stringify(row.lossCurve), row.preview, CHANNELS.progress,
  ]);
}
