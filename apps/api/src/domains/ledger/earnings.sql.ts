import type { Reader } from '../../platform/database.ts';

export interface EarningRow {
  day: string; style_id: string | null; title: string | null; title_ko: string | null;
  images: bigint; bonus: bigint; bought: bigint; own_images: bigint; own_bonus: bigint; own_bought: bigint;
}

/**
 * What an artist's styles earned on each day from `days` ago to today (days of TIME_ZONE): closed days from earning_rollups_day, what
 * came since from the artist's two accounts (transfers_credit_id_created_at_idx).
 */
export async function earningsSql(db: Reader, artistId: string, { now, timeZone, days }: { now: Date; timeZone: string; days: number }): Promise<EarningRow[]> {
  return await db.$queryRaw<EarningRow[]>`
    WITH span AS (
      SELECT (${now.toISOString()}::timestamptz AT TIME ZONE ${timeZone})::date - ${days - 1}::int AS first_day,
        coalesce((SELECT max(closed_until) FROM earning_rollups), '-infinity') AS open_since
    ), open AS (
      SELECT j.style_id, (t.created_at AT TIME ZONE ${timeZone})::date AS day, t.hold_line_id, h.user_id = a.owner_id AS own,
        CASE a.kind WHEN 'earned_bonus' THEN t.tokens ELSE 0 END AS bonus, CASE a.kind WHEN 'earned_bought' THEN t.tokens ELSE 0 END AS bought
      FROM span
      JOIN accounts a ON a.owner_id = ${artistId}::uuid AND a.kind IN ('earned_bonus', 'earned_bought')
      JOIN transfers t ON t.credit_id = a.id AND t.created_at >= span.open_since
      JOIN hold_lines l ON l.id = t.hold_line_id
      JOIN holds h ON h.job_id = l.job_id
      JOIN jobs j ON j.id = l.job_id
    ), daily AS (
      SELECT r.day, r.style_id, r.images::bigint AS images, r.bonus, r.bought, r.own_images::bigint AS own_images, r.own_bonus, r.own_bought
      FROM earning_rollups r, span WHERE r.payee_id = ${artistId}::uuid AND r.day >= span.first_day
      UNION ALL
      SELECT o.day, o.style_id, count(DISTINCT o.hold_line_id) FILTER (WHERE NOT o.own), coalesce(sum(o.bonus) FILTER (WHERE NOT o.own), 0), coalesce(sum(o.bought) FILTER (WHERE NOT o.own), 0),
        count(DISTINCT o.hold_line_id) FILTER (WHERE o.own), coalesce(sum(o.bonus) FILTER (WHERE o.own), 0), coalesce(sum(o.bought) FILTER (WHERE o.own), 0)
      FROM open o, span WHERE o.day >= span.first_day GROUP BY o.day, o.style_id
    )
    SELECT to_char(d.day, 'YYYY-MM-DD') AS day, d.style_id, s.title, s.title_ko, sum(d.images)::bigint AS images, sum(d.bonus)::bigint AS bonus, sum(d.bought)::bigint AS bought,
      sum(d.own_images)::bigint AS own_images, sum(d.own_bonus)::bigint AS own_bonus, sum(d.own_bought)::bigint AS own_bought
    FROM daily d LEFT JOIN styles s ON s.id = d.style_id
    GROUP BY d.day, d.style_id, s.title, s.title_ko ORDER BY d.day, s.title`;
}
