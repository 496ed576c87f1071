/**
 * The ledger's check. *Sums* (ledger_sums) hold every account's entries up to a *mark*; a quick check moves the mark on and adds what
 * came after it, so it reads the accounts and a few minutes of entries; a full check reads every entry and proves the sums themselves.
 */
import { Prisma, type Tx } from '../../platform/database.ts';

/** More faults than this say no more. */
export const FAULTS_MAX = 100;
/** Two checks at once would move the mark twice. */
const ADVISORY_LOCK = 7_262_002;
/** An entry's time is its transaction's beginning: it may become visible later, but not after the transaction's limit. */
const MARK_LAG_SECONDS = 60;

/** False: another process checks just now. */
export async function lockCheckSql(tx: Tx): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ ours: boolean }[]>`SELECT pg_try_advisory_xact_lock(${ADVISORY_LOCK}) AS ours`;
  return row!.ours;
}

export interface Marks { from: Date | null; until: Date }
/** Where the sums stand, and how far they can go: before every transaction that is still open and could yet show older entries. */
export async function marksSql(tx: Tx): Promise<Marks> {
  const [row] = await tx.$queryRaw<{ from: Date | null; until: Date }[]>`
    SELECT (SELECT max(verified_until) FROM ledger_checks) AS from,
      date_trunc('second', least(now() - make_interval(secs => ${MARK_LAG_SECONDS}),
        (SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND xact_start IS NOT NULL))) - interval '1 second' AS until`;
  const { from, until } = row!;
  return { from, until: from && from > until ? from : until };
}

/** Adds the entries between two marks to the sums: transfers_created_brin. Gives the accounts that moved. */
export async function moveMarkSql(tx: Tx, { from, until }: Marks): Promise<number> {
  return await tx.$executeRaw`
    INSERT INTO ledger_sums AS s (account_id, tokens)
    SELECT e.account_id, sum(e.tokens) FROM (${entriesSql(Prisma.sql`t.created_at >= ${moment(from)}::timestamptz AND t.created_at < ${until.toISOString()}::timestamptz`)}) e GROUP BY e.account_id
    ON CONFLICT (account_id) DO UPDATE SET tokens = s.tokens + excluded.tokens`;
}

/** Makes the sums anew from every entry before the mark; after a full check they are what it has read. */
export async function rebuildSumsSql(tx: Tx, until: Date): Promise<void> {
  await tx.$executeRaw`DELETE FROM ledger_sums`;
  await moveMarkSql(tx, { from: null, until });
}

export interface FaultRow { fault: string; subject: string; expected: bigint; actual: bigint; entries: bigint }

/**
 * One statement, so one snapshot: concurrent spending cannot look like a fault. Quick: the sums and the entries since the mark
 * (transfers_created_brin), the lines that those entries touch (transfers_hold_line_id_idx) and all open lines (hold_lines_open).
 * Full: every entry and every line, and whether the sums say the same. The number of entries read comes with every row; a row
 * without a fault brings it alone.
 */
export async function ledgerFaultsSql(tx: Tx, mode: 'quick' | 'full', { from, until }: Marks): Promise<FaultRow[]> {
  const mark = Prisma.sql`${until.toISOString()}::timestamptz`;
  const isFull = mode === 'full';
  const read = entriesSql(isFull ? Prisma.sql`true` : Prisma.sql`t.created_at >= ${mark}`);
  const lines = isFull
    ? Prisma.sql`SELECT l.* FROM hold_lines l`
    : Prisma.sql`SELECT l.* FROM hold_lines l WHERE l.id IN (SELECT t.hold_line_id FROM transfers t WHERE t.created_at >= ${moment(from)}::timestamptz AND t.hold_line_id IS NOT NULL)`;
  return await tx.$queryRaw<FaultRow[]>`
    WITH entry AS MATERIALIZED (${read}), read AS (
      SELECT account_id, sum(tokens) AS tokens, sum(tokens) FILTER (WHERE created_at < ${mark}) AS before, count(*) AS entries FROM entry GROUP BY account_id
    ), balance AS (
      SELECT a.id, a.owner_id, a.kind, coalesce(r.tokens, 0) + ${isFull ? Prisma.sql`0` : Prisma.sql`coalesce(s.tokens, 0)`} AS tokens,
        coalesce(s.tokens, 0) AS summed, coalesce(r.before, 0) AS before
      FROM accounts a LEFT JOIN ledger_sums s ON s.account_id = a.id LEFT JOIN read r ON r.account_id = a.id
    ), owner AS (
      SELECT owner_id, coalesce(sum(tokens) FILTER (WHERE kind = 'wallet_bonus'), 0) AS bonus, coalesce(sum(tokens) FILTER (WHERE kind = 'wallet_bought'), 0) AS bought,
        coalesce(sum(tokens) FILTER (WHERE kind IN ('held_bonus', 'held_bought')), 0) AS held
      FROM balance WHERE owner_id IS NOT NULL GROUP BY owner_id
    ), open AS (
      SELECT h.user_id, sum(l.bonus + l.bought) AS tokens FROM hold_lines l JOIN holds h ON h.job_id = l.job_id WHERE l.state = 'held' GROUP BY h.user_id
    ), line AS (
      SELECT l.id, l.state, l.bonus + l.bought AS tokens,
        coalesce(sum(t.tokens) FILTER (WHERE p.kind = 'hold'), 0) AS held, coalesce(sum(t.tokens) FILTER (WHERE p.kind IN ('settle', 'refund')), 0) AS resolved
      FROM (${lines}) l
      LEFT JOIN transfers t ON t.hold_line_id = l.id
      LEFT JOIN postings p ON p.id = t.posting_id
      GROUP BY l.id, l.state, l.bonus, l.bought
    ), rolled AS (
      SELECT r.account_id, sum(r.tokens) AS tokens, max(r.closed_until) AS until FROM account_rollups r GROUP BY r.account_id
    ), fault AS (
      SELECT 'wallet_' || f.kind AS fault, w.user_id::text AS subject, f.entries AS expected, f.shown AS actual
      FROM wallets w LEFT JOIN owner o ON o.owner_id = w.user_id
      CROSS JOIN LATERAL (VALUES ('bonus', w.bonus, coalesce(o.bonus, 0)), ('bought', w.bought, coalesce(o.bought, 0)), ('held', w.held, coalesce(o.held, 0))) AS f (kind, shown, entries)
      WHERE f.shown <> f.entries
      UNION ALL SELECT 'held_lines', w.user_id::text, coalesce(open.tokens, 0), w.held FROM wallets w LEFT JOIN open ON open.user_id = w.user_id WHERE w.held <> coalesce(open.tokens, 0)
      UNION ALL SELECT 'account_negative', b.owner_id || ' ' || b.kind, 0, b.tokens FROM balance b WHERE b.owner_id IS NOT NULL AND b.kind <> 'debt' AND b.tokens < 0
      UNION ALL SELECT 'sum_not_zero', 'all accounts', 0, sum(tokens) FROM balance HAVING sum(tokens) <> 0
      UNION ALL SELECT 'line_open_after_end', l.id::text, 0, l.bonus + l.bought FROM hold_lines l JOIN jobs j ON j.id = l.job_id WHERE l.state = 'held' AND j.ended_at IS NOT NULL
      UNION ALL SELECT 'line_held', id::text, tokens, held FROM line WHERE held <> tokens
      UNION ALL SELECT 'line_resolved', id::text, CASE WHEN state = 'held' THEN 0 ELSE tokens END, resolved FROM line
        WHERE resolved <> CASE WHEN state = 'held' THEN 0 ELSE tokens END
      UNION ALL SELECT 'sum_drifted', b.id::text, b.before, b.summed FROM balance b WHERE ${isFull} AND b.summed <> b.before
      UNION ALL SELECT 'rollup', b.id::text, b.tokens, rolled.tokens + since.tokens
        FROM rolled JOIN balance b ON b.id = rolled.account_id
        CROSS JOIN LATERAL (
          SELECT coalesce((SELECT sum(t.tokens) FROM transfers t WHERE t.credit_id = b.id AND t.created_at >= rolled.until), 0)
            - coalesce((SELECT sum(t.tokens) FROM transfers t WHERE t.debit_id = b.id AND t.created_at >= rolled.until), 0) AS tokens
        ) since
        WHERE rolled.tokens + since.tokens <> b.tokens
    ), shown AS (SELECT * FROM fault LIMIT ${FAULTS_MAX}), counted AS (SELECT coalesce(sum(entries), 0)::bigint AS entries FROM read)
    SELECT shown.fault, shown.subject, shown.expected::bigint, shown.actual::bigint, counted.entries FROM counted LEFT JOIN shown ON true`;
}

/** An entry is one account's side of a transfer. */
const entriesSql = (which: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT t.credit_id AS account_id, t.tokens, t.created_at FROM transfers t WHERE ${which}
  UNION ALL SELECT t.debit_id, -t.tokens, t.created_at FROM transfers t WHERE ${which}`;

const moment = (at: Date | null): string => at?.toISOString() ?? '-infinity';
