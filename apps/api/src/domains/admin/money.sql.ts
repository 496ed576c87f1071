import type { Reader } from '../../platform/database.ts';

export interface MoneyDayRow { day: string; paid: bigint; refunded: bigint; purchases: bigint; bought: bigint; given: bigint; to_artists: bigint; to_platform: bigint }

/**
 * Money and tokens by day of TIME_ZONE. Orders by payment_orders_paid; tokens of closed days from account_rollups of the platform's
 * accounts and of earnings, what came since from transfers_created_brin.
 */
export async function moneyByDaySql(db: Reader, { now, timeZone, days }: { now: Date; timeZone: string; days: number }): Promise<MoneyDayRow[]> {
  return await db.$queryRaw<MoneyDayRow[]>`
    WITH span AS (
      SELECT (${now.toISOString()}::timestamptz AT TIME ZONE ${timeZone})::date - ${days - 1}::int AS first_day,
        coalesce((SELECT max(closed_until) FROM account_rollups), '-infinity') AS open_since
    ), moved AS (
      SELECT r.day, a.kind, r.tokens FROM span JOIN account_rollups r ON r.day >= span.first_day JOIN accounts a ON a.id = r.account_id
      UNION ALL
      SELECT (t.created_at AT TIME ZONE ${timeZone})::date, a.kind, CASE WHEN t.credit_id = a.id THEN t.tokens ELSE -t.tokens END
      FROM span JOIN transfers t ON t.created_at >= span.open_since
      JOIN accounts a ON a.id IN (t.credit_id, t.debit_id) AND a.kind IN ('issued_bonus', 'issued_bought', 'earned_bonus', 'earned_bought', 'revenue_bonus', 'revenue_bought')
    ), tokens AS (
      SELECT m.day, 0 AS paid, 0 AS refunded, 0 AS purchases, -sum(tokens) FILTER (WHERE kind = 'issued_bought') AS bought, -sum(tokens) FILTER (WHERE kind = 'issued_bonus') AS given,
        sum(tokens) FILTER (WHERE kind IN ('earned_bonus', 'earned_bought')) AS to_artists, sum(tokens) FILTER (WHERE kind IN ('revenue_bonus', 'revenue_bought')) AS to_platform
      FROM moved m, span WHERE m.day >= span.first_day GROUP BY m.day
    ), money AS (
      SELECT (o.paid_at AT TIME ZONE ${timeZone})::date AS day, sum(o.amount) AS paid, sum(o.refunded_amount) AS refunded, count(*) AS purchases, 0 AS bought, 0 AS given, 0 AS to_artists, 0 AS to_platform
      FROM span JOIN payment_orders o ON o.paid_at >= span.first_day::timestamp AT TIME ZONE ${timeZone} GROUP BY 1
    )
    SELECT to_char(day, 'YYYY-MM-DD') AS day, sum(paid)::bigint AS paid, sum(refunded)::bigint AS refunded, sum(purchases)::bigint AS purchases,
      coalesce(sum(bought), 0)::bigint AS bought, coalesce(sum(given), 0)::bigint AS given, coalesce(sum(to_artists), 0)::bigint AS to_artists, coalesce(sum(to_platform), 0)::bigint AS to_platform
    FROM (SELECT * FROM tokens UNION ALL SELECT * FROM money) d GROUP BY day ORDER BY day`;
}

export interface MoneyNowRow { kind: string; tokens: bigint }
/** Every token's place by kind of account: the sums of the ledger's check and what came since its mark. */
export async function moneyNowSql(db: Reader): Promise<MoneyNowRow[]> {
  return await db.$queryRaw<MoneyNowRow[]>`
    WITH mark AS (SELECT coalesce((SELECT max(verified_until) FROM ledger_checks), '-infinity') AS until), moved AS (
      SELECT s.account_id, s.tokens FROM ledger_sums s
      UNION ALL SELECT t.credit_id, t.tokens FROM mark JOIN transfers t ON t.created_at >= mark.until
      UNION ALL SELECT t.debit_id, -t.tokens FROM mark JOIN transfers t ON t.created_at >= mark.until
    )
    SELECT a.kind, sum(m.tokens)::bigint AS tokens FROM moved m JOIN accounts a ON a.id = m.account_id GROUP BY a.kind`;
}
