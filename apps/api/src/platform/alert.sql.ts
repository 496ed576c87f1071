import type { Tx } from './database.ts';

/**
 * Counts faults and says which of them are to be told now: those that were never told, or last told before `toldBefore` (null: told once is
 * told). Rows are locked in the order of their keys. alert_faults_pkey.
 */
export async function takeFaultsSql(tx: Tx, alertId: string, keys: readonly string[], now: Date, toldBefore: Date | null): Promise<string[]> {
  const rows = await tx.$queryRaw<{ key: string; fresh: boolean }[]>`
    INSERT INTO alert_faults AS f (key, alert_id, told_at, last_seen_at)
    SELECT key, ${alertId}::uuid, ${now}::timestamptz, ${now}::timestamptz FROM (SELECT DISTINCT unnest(${[...keys]}::text[]) AS key ORDER BY key) AS seen
    ON CONFLICT (key) DO UPDATE SET times = f.times + 1, last_seen_at = excluded.last_seen_at,
      alert_id = CASE WHEN f.told_at <= ${toldBefore}::timestamptz THEN excluded.alert_id ELSE f.alert_id END,
      told_at = CASE WHEN f.told_at <= ${toldBefore}::timestamptz THEN excluded.told_at ELSE f.told_at END
    RETURNING key, alert_id = ${alertId}::uuid AS fresh`;
  return rows.flatMap(({ key, fresh }) => (fresh ? [key] : []));
}
