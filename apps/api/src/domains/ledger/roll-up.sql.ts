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

/** The same days, by artist and style; after `rollUpSql`, whose lock it shares. Own use apart: it pays, and is not popularity (R23). */
export async function rollUpEarningsSql(tx: Tx, until: Date, timeZone: string): Promise<number> {
  return await tx.$executeRaw`
    WITH span AS (
      SELECT coalesce((SELECT max(closed_until) FROM earning_rollups), '-infinity') AS since,
        date_trunc('day', ${until.toISOString()}::timestamptz AT TIME ZONE ${timeZone}) AT TIME ZONE ${timeZone} AS until
    ), earned AS (
      SELECT a.owner_id AS payee_id, j.style_id, (t.created_at AT TIME ZONE ${timeZone})::date AS day, t.hold_line_id, h.user_id = a.owner_id AS own,
        CASE a.kind WHEN 'earned_bonus' THEN t.tokens ELSE 0 END AS bonus, CASE a.kind WHEN 'earned_bought' THEN t.tokens ELSE 0 END AS bought
      FROM span
      JOIN transfers t ON t.created_at >= span.since AND t.created_at < span.until
      JOIN accounts a ON a.id = t.credit_id AND a.kind IN ('earned_bonus', 'earned_bought')
      JOIN hold_lines l ON l.id = t.hold_line_id
      JOIN holds h ON h.job_id = l.job_id
      JOIN jobs j ON j.id = l.job_id
    )
    INSERT INTO earning_rollups AS r (payee_id, style_id, day, images, bonus, bought, own_images, own_bonus, own_bought, closed_until)
    SELECT payee_id, style_id, day, count(DISTINCT hold_line_id) FILTER (WHERE NOT own), coalesce(sum(bonus) FILTER (WHERE NOT own), 0), coalesce(sum(bought) FILTER (WHERE NOT own), 0),
      count(DISTINCT hold_line_id) FILTER (WHERE own), coalesce(sum(bonus) FILTER (WHERE own), 0), coalesce(sum(bought) FILTER (WHERE own), 0),
      (day + 1)::timestamp AT TIME ZONE ${timeZone}
    FROM earned GROUP BY payee_id, style_id, day
    ON CONFLICT (payee_id, day, style_id) DO UPDATE SET
      images = r.images + excluded.images, bonus = r.bonus + excluded.bonus, bought = r.bought + excluded.bought,
      own_images = r.own_images + excluded.own_images, own_bonus = r.own_bonus + excluded.own_bonus, own_bought = r.own_bought + excluded.own_bought, closed_until = excluded.closed_until`;
}
