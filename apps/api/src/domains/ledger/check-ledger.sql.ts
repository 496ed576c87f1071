import type { Database } from '../../platform/database.ts';

/** More faults than this say no more. */
const FAULTS_MAX = 100;

/**
 * One statement, so one snapshot: concurrent spending cannot look like a fault. Reads the whole ledger once (hash aggregates);
 * open lines by hold_lines_open.
 */
export async function ledgerFaultsSql(db: Database): Promise<{ fault: string; subject: string; expected: bigint; actual: bigint }[]> {
  return await db.$queryRaw`
    WITH entry AS (
      SELECT credit_id AS account_id, tokens, created_at FROM transfers
      UNION ALL SELECT debit_id, -tokens, created_at FROM transfers
    ), balance AS (
      SELECT account_id, sum(tokens) AS tokens FROM entry GROUP BY account_id
    ), owned AS (
      SELECT a.owner_id, a.kind, coalesce(b.tokens, 0) AS tokens FROM accounts a LEFT JOIN balance b ON b.account_id = a.id WHERE a.owner_id IS NOT NULL
    ), wallet AS (
      SELECT w.user_id, f.kind, f.tokens AS shown,
        coalesce((SELECT sum(o.tokens) FROM owned o WHERE o.owner_id = w.user_id AND o.kind = ANY (f.accounts)), 0) AS entries
      FROM wallets w CROSS JOIN LATERAL (VALUES
        ('bonus', w.bonus, ARRAY['wallet_bonus']), ('bought', w.bought, ARRAY['wallet_bought']), ('held', w.held, ARRAY['held_bonus', 'held_bought'])
      ) AS f (kind, tokens, accounts)
    ), line AS (
      SELECT l.id, l.state, l.bonus + l.bought AS tokens, j.ended_at IS NOT NULL AS ended,
        coalesce(sum(t.tokens) FILTER (WHERE p.kind = 'hold'), 0) AS held, coalesce(sum(t.tokens) FILTER (WHERE p.kind IN ('settle', 'refund')), 0) AS resolved
      FROM hold_lines l
      JOIN jobs j ON j.id = l.job_id
      LEFT JOIN transfers t ON t.hold_line_id = l.id
      LEFT JOIN postings p ON p.id = t.posting_id
      GROUP BY l.id, j.ended_at
    ), rolled AS (
      SELECT r.account_id, sum(r.tokens) AS tokens, max(r.closed_until) AS until FROM account_rollups r GROUP BY r.account_id
    ), fault AS (
      SELECT 'wallet_' || kind AS fault, user_id::text AS subject, entries AS expected, shown AS actual FROM wallet WHERE shown <> entries
      UNION ALL SELECT 'account_negative', o.owner_id || ' ' || o.kind, 0, o.tokens FROM owned o WHERE o.kind <> 'debt' AND o.tokens < 0
      UNION ALL SELECT 'sum_not_zero', 'all accounts', 0, sum(tokens) FROM balance HAVING sum(tokens) <> 0
      UNION ALL SELECT 'line_open_after_end', id::text, 0, tokens FROM line WHERE state = 'held' AND ended
      UNION ALL SELECT 'line_held', id::text, tokens, held FROM line WHERE held <> tokens
      UNION ALL SELECT 'line_resolved', id::text, CASE WHEN state = 'held' THEN 0 ELSE tokens END, resolved FROM line
        WHERE resolved <> CASE WHEN state = 'held' THEN 0 ELSE tokens END
      UNION ALL SELECT 'rollup', r.account_id::text, coalesce(sum(e.tokens), 0), r.tokens
        FROM rolled r LEFT JOIN entry e ON e.account_id = r.account_id AND e.created_at < r.until
        GROUP BY r.account_id, r.tokens HAVING coalesce(sum(e.tokens), 0) <> r.tokens
    )
    SELECT fault, subject, expected::bigint, actual::bigint FROM fault LIMIT ${FAULTS_MAX}`;
}
