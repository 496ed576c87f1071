import type { Tx } from '../../platform/database.ts';

/** Two roll-ups at once would add the same day twice. */
const ADVISORY_LOCK = 7_262_001;

/** From where the last roll-up ended to the end of the last whole day before `until`; transfers_created_brin. */
export async function rollUpSql(tx: Tx, until: Date, timeZone: string): Promise<number> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK})`;
  return await tx.$executeRaw`
    WITH span AS (
      SELECT coalesce((SELECT max(closed_until) FROM account_rollups), '-infinity') AS since,
        date_trunc('day', ${until.toISOString()}::timestamptz AT TIME ZONE ${timeZone}) AT TIME ZONE ${timeZone} AS until
    ), moved AS (
      SELECT t.credit_id AS account_id, t.tokens, t.created_at FROM transfers t, span WHERE t.created_at >= span.since AND t.created_at < span.until
      UNION ALL
      SELECT t.debit_id, -t.tokens, t.created_at FROM transfers t, span WHERE t.created_at >= span.since AND t.created_at < span.until
    )
    INSERT INTO account_rollups (account_id, day, tokens, closed_until)
    SELECT m.account_id, (m.created_at AT TIME ZONE ${timeZone})::date AS day, sum(m.tokens),
      ((m.created_at AT TIME ZONE ${timeZone})::date + 1)::timestamp AT TIME ZONE ${timeZone}
    FROM moved m
    JOIN accounts a ON a.id = m.account_id AND a.kind IN ('earned_bonus', 'earned_bought', 'revenue_bonus', 'revenue_bought', 'issued_bonus', 'issued_bought')
    GROUP BY 1, 2, 4
    ON CONFLICT (account_id, day) DO UPDATE SET tokens = account_rollups.tokens + excluded.tokens, closed_until = excluded.closed_until`;
}
