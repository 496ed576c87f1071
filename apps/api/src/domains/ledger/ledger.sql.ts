/**
 * Every statement that moves or reads tokens. Movements are database functions (prisma/migrations/…_ledger_functions): one round
 * trip each, the wallet's row locked first (R18, R20). A caller that locks a job has done so before (R19).
 */
import { Prisma } from '@style-license/db';
import { oneOf, type Database, type Tx } from '../../platform/database.ts';

export type Fund = 'bonus' | 'bought';
export type CreditKind = 'welcome_bonus' | 'purchase' | 'grant';

export async function openWalletSql(tx: Tx, userId: string): Promise<void> {
  await tx.$executeRaw`INSERT INTO wallets (user_id) VALUES (${userId}::uuid) ON CONFLICT (user_id) DO NOTHING`;
}

export interface GrantRow { outcome: 'granted' | 'stored' | 'reused'; posting_id: bigint; available_after: bigint }
export async function grantSql(
  tx: Tx, grant: { userId: string; tokens: number; fund: Fund; kind: CreditKind; memo: string; scope: string; key: string; requestHash: string },
): Promise<GrantRow> {
  const [row] = await tx.$queryRaw<GrantRow[]>`
    SELECT outcome, posting_id, available_after FROM ledger_grant(
      ${grant.userId}::uuid, ${grant.tokens}::bigint, ${grant.fund}, ${grant.kind}, ${grant.memo}, ${grant.scope}, ${grant.key}, ${grant.requestHash})`;
  return row!;
}

export interface PurchaseInput { userId: string; tokens: number; memo: string; scope: string; key: string; requestHash: string }
export interface PurchaseRow { outcome: 'granted' | 'stored' | 'reused'; posting_id: bigint; available_after: bigint; repaid: bigint }
export async function purchaseSql(tx: Tx, purchase: PurchaseInput): Promise<PurchaseRow> {
  const [row] = await tx.$queryRaw<PurchaseRow[]>`
    SELECT outcome, posting_id, available_after, repaid FROM ledger_purchase(
      ${purchase.userId}::uuid, ${purchase.tokens}::bigint, ${purchase.memo}, ${purchase.scope}, ${purchase.key}, ${purchase.requestHash})`;
  return row!;
}

export interface TakeBackInput extends PurchaseInput { fund: Fund; owe: boolean }
export interface TakeBackRow { outcome: 'taken' | 'stored' | 'reused'; posting_id: bigint; available_after: bigint; taken: bigint; owed: bigint }
export async function takeBackSql(tx: Tx, request: TakeBackInput): Promise<TakeBackRow> {
  const [row] = await tx.$queryRaw<TakeBackRow[]>`
    SELECT outcome, posting_id, available_after, taken, owed FROM ledger_take_back(
      ${request.userId}::uuid, ${request.tokens}::bigint, ${request.fund}, ${request.owe}, ${request.memo}, ${request.scope}, ${request.key}, ${request.requestHash})`;
  return row!;
}

/** What a person owes: their debt account by accounts_owner_kind, its few transfers by debit and credit. */
export async function owedSql(db: Database | Tx, userId: string): Promise<bigint> {
  const [row] = await db.$queryRaw<{ owed: bigint }[]>`SELECT ledger_owed(${userId}::uuid) AS owed`;
  return row!.owed;
}

/** What of the purchases under these keys paid a debt: postings_scope_key_key, transfers_posting_id_idx. Those that paid none are not listed. */
export async function repaidSql(db: Database | Tx, scope: string, keys: readonly string[]): Promise<{ key: string; repaid: bigint }[]> {
  return await db.$queryRaw<{ key: string; repaid: bigint }[]>`
    SELECT p.key, sum(t.tokens)::bigint AS repaid
    FROM postings p JOIN transfers t ON t.posting_id = p.id JOIN accounts a ON a.id = t.credit_id AND a.kind = 'debt'
    WHERE p.scope = ${scope} AND p.key = ANY (${keys}::text[]) AND p.kind = 'purchase' GROUP BY p.key`;
}

export interface HoldLineInput { ordinal: number; itemId: string; payeeUserId: string | null; tokens: number }
export interface HoldRow { ok: boolean; required: bigint; available: bigint }
export async function holdSql(tx: Tx, jobId: string, userId: string, lines: readonly HoldLineInput[]): Promise<HoldRow> {
  const [row] = await tx.$queryRaw<HoldRow[]>`
    SELECT ok, required, available FROM ledger_hold(
      ${jobId}::uuid, ${userId}::uuid, ${lines.map((line) => line.ordinal)}::int[], ${lines.map((line) => line.itemId)}::uuid[],
      ${lines.map((line) => line.payeeUserId)}::uuid[], ${lines.map((line) => line.tokens)}::bigint[])`;
  return row!;
}

/** Tokens paid; 0 when the line was resolved before; null when the item has no line (free work). */
export async function settleSql(tx: Tx, itemId: string, reason: string): Promise<bigint | null> {
  const [row] = await tx.$queryRaw<{ paid: bigint | null }[]>`SELECT ledger_settle(${itemId}::uuid, ${reason}) AS paid`;
  return row!.paid;
}

/** Tokens given back; 0 when no line was open. */
export async function refundSql(tx: Tx, jobId: string, itemIds: readonly string[] | null, reason: string): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ returned: bigint }[]>`SELECT ledger_refund(${jobId}::uuid, ${itemIds}::uuid[], ${reason}) AS returned`;
  return row!.returned;
}

export interface SpendRow { outcome: 'spent' | 'stored' | 'reused' | 'short'; posting_id: bigint | null; available: bigint }
export async function spendSql(tx: Tx, spending: { userId: string; tokens: number; memo: string; scope: string; key: string; requestHash: string }): Promise<SpendRow> {
  const [row] = await tx.$queryRaw<SpendRow[]>`
    SELECT outcome, posting_id, available FROM ledger_spend(
      ${spending.userId}::uuid, ${spending.tokens}::bigint, ${spending.memo}, ${spending.scope}, ${spending.key}, ${spending.requestHash})`;
  return row!;
}

export interface SpendRefundRow { posting_id: bigint; returned: bigint }
export async function refundSpendingSql(tx: Tx, spending: { userId: string; memo: string; scope: string; key: string }): Promise<SpendRefundRow> {
  const [row] = await tx.$queryRaw<SpendRefundRow[]>`
    SELECT posting_id, returned FROM ledger_spend_refund(${spending.userId}::uuid, ${spending.memo}, ${spending.scope}, ${spending.key})`;
  return row!;
}

export interface BalanceRow {
  bonus: bigint; bought: bigint; held: bigint; spent: bigint; to_artists: bigint; earned_bonus: bigint; earned_bought: bigint;
}
/** One person's figures. Wallet by its key; this month's settlements and spendings by postings_settled; earnings by roll-ups and what came since. */
export async function balanceSql(db: Database | Tx, userId: string, now: Date, timeZone: string): Promise<BalanceRow | undefined> {
  const [row] = await db.$queryRaw<BalanceRow[]>`
    WITH month AS (
      SELECT coalesce(sum(CASE p.kind WHEN 'spend_refund' THEN -t.tokens ELSE t.tokens END), 0)::bigint AS spent,
        coalesce(sum(t.tokens) FILTER (WHERE p.kind = 'settle' AND a.owner_id IS NOT NULL), 0)::bigint AS to_artists
      FROM postings p
      JOIN transfers t ON t.posting_id = p.id
      JOIN accounts a ON a.id = t.credit_id
      WHERE p.user_id = ${userId}::uuid AND p.kind IN ('settle', 'spend', 'spend_refund')
        AND p.created_at >= date_trunc('month', ${now.toISOString()}::timestamptz AT TIME ZONE ${timeZone}) AT TIME ZONE ${timeZone}
    ), earned AS (
      SELECT a.kind, coalesce(rolled.tokens, 0)
        + coalesce((SELECT sum(t.tokens) FROM transfers t WHERE t.credit_id = a.id AND t.created_at >= rolled.until), 0)
        - coalesce((SELECT sum(t.tokens) FROM transfers t WHERE t.debit_id = a.id AND t.created_at >= rolled.until), 0) AS tokens
      FROM accounts a
      CROSS JOIN LATERAL (
        SELECT sum(r.tokens) AS tokens, coalesce(max(r.closed_until), '-infinity') AS until FROM account_rollups r WHERE r.account_id = a.id
      ) rolled
      WHERE a.owner_id = ${userId}::uuid AND a.kind IN ('earned_bonus', 'earned_bought')
    )
    SELECT w.bonus, w.bought, w.held, month.spent, month.to_artists,
      coalesce((SELECT tokens FROM earned WHERE kind = 'earned_bonus'), 0)::bigint AS earned_bonus,
      coalesce((SELECT tokens FROM earned WHERE kind = 'earned_bought'), 0)::bigint AS earned_bought
    FROM wallets w CROSS JOIN month
    WHERE w.user_id = ${userId}::uuid`;
  return row;
}

export interface ReceiptRow {
  job_id: string; number: bigint; held_at: Date; ordinal: number; item_id: string; payee_name: string | null;
  bonus: bigint; bought: bigint; state: string; reason: string | null; resolved_at: Date | null;
}
/** The lines of many jobs at once: hold_lines_job_id_ordinal_key. */
export async function receiptLinesSql(db: Database | Tx, jobIds: readonly string[]): Promise<ReceiptRow[]> {
  return await db.$queryRaw<ReceiptRow[]>`
    SELECT h.job_id, h.number, h.created_at AS held_at, l.ordinal, l.item_id, a.artist_name AS payee_name, l.bonus, l.bought, l.state, l.reason, l.resolved_at
    FROM holds h
    JOIN hold_lines l ON l.job_id = h.job_id
    LEFT JOIN artists a ON a.user_id = l.payee_user_id
    WHERE ${oneOf(Prisma.sql`h.job_id`, jobIds)}
    ORDER BY h.job_id, l.ordinal`;
}

export async function holdOwnerSql(db: Database | Tx, jobId: string): Promise<string | undefined> {
  const [row] = await db.$queryRaw<{ user_id: string }[]>`SELECT user_id FROM holds WHERE job_id = ${jobId}::uuid`;
  return row?.user_id;
}

export interface HistoryRow {
  id: bigint; kind: string; at: Date; memo: string; job_id: string | null; available_after: bigint; credited: bigint; repaid: bigint; owed: bigint;
  hold_number: bigint | null; settled: bigint; open: bigint; refunded: bigint; reason: string | null;
}
export type HistoryScope = 'all' | 'purchase' | 'usage';
export interface HistoryPosition { at: Date; id: bigint }

/** What the history shows of each posting on the page: a credit's tokens; a job's lines summed by state. */
const HISTORY_FIGURES = Prisma.sql`
  SELECT page.id, page.kind, page.created_at AS at, page.memo, page.job_id, page.available_after,
    coalesce(credit.tokens, 0)::bigint AS credited, coalesce(credit.repaid, 0)::bigint AS repaid, coalesce(credit.owed, 0)::bigint AS owed, h.number AS hold_number,
    coalesce(lines.settled, 0)::bigint AS settled, coalesce(lines.open, 0)::bigint AS open, coalesce(lines.refunded, 0)::bigint AS refunded, lines.reason
  FROM page
  LEFT JOIN LATERAL (
    -- What the wallet gained or lost; what paid or made a debt never was in it.
    SELECT sum(CASE WHEN a.kind LIKE 'wallet%' THEN t.tokens ELSE 0 END) - sum(CASE WHEN d.kind LIKE 'wallet%' THEN t.tokens ELSE 0 END) AS tokens,
      sum(t.tokens) FILTER (WHERE a.kind = 'debt') AS repaid, sum(t.tokens) FILTER (WHERE d.kind = 'debt') AS owed
    FROM transfers t JOIN accounts a ON a.id = t.credit_id JOIN accounts d ON d.id = t.debit_id WHERE page.kind <> 'hold' AND t.posting_id = page.id
  ) credit ON true
  LEFT JOIN holds h ON page.kind = 'hold' AND h.job_id = page.job_id
  LEFT JOIN LATERAL (
    SELECT sum(bonus + bought) FILTER (WHERE state = 'settled') AS settled, sum(bonus + bought) FILTER (WHERE state = 'held') AS open,
      sum(bonus + bought) FILTER (WHERE state = 'refunded') AS refunded, max(reason) FILTER (WHERE state = 'refunded') AS reason
    FROM hold_lines l WHERE l.job_id = h.job_id
  ) lines ON true
  ORDER BY page.created_at DESC, page.id DESC`;

export interface MovementRow { id: bigint; kind: string; at: Date; memo: string; scope: string; key: string; available_after: bigint; bonus: bigint; bought: bigint; repaid: bigint; owed: bigint }
/** One line of a person's history that is no job's: by its key, its few transfers by transfers_posting_id_idx. */
export async function movementSql(db: Database | Tx, userId: string, id: bigint): Promise<MovementRow | undefined> {
  const [row] = await db.$queryRaw<MovementRow[]>`
    SELECT p.id, p.kind, p.created_at AS at, p.memo, p.scope, p.key, p.available_after,
      coalesce(sum(t.tokens) FILTER (WHERE c.kind = 'wallet_bonus'), 0)::bigint - coalesce(sum(t.tokens) FILTER (WHERE d.kind = 'wallet_bonus'), 0)::bigint AS bonus,
      coalesce(sum(t.tokens) FILTER (WHERE c.kind = 'wallet_bought'), 0)::bigint - coalesce(sum(t.tokens) FILTER (WHERE d.kind = 'wallet_bought'), 0)::bigint AS bought,
      coalesce(sum(t.tokens) FILTER (WHERE c.kind = 'debt'), 0)::bigint AS repaid, coalesce(sum(t.tokens) FILTER (WHERE d.kind = 'debt'), 0)::bigint AS owed
    FROM postings p LEFT JOIN transfers t ON t.posting_id = p.id LEFT JOIN accounts c ON c.id = t.credit_id LEFT JOIN accounts d ON d.id = t.debit_id
    WHERE p.id = ${id} AND p.user_id = ${userId}::uuid AND p.kind NOT IN ('hold', 'settle', 'refund')
    GROUP BY p.id`;
  return row;
}

const HISTORY_KINDS: Record<HistoryScope, Prisma.Sql> = {
  all: Prisma.sql`kind IN ('welcome_bonus', 'purchase', 'grant', 'take_back', 'hold', 'spend', 'spend_refund')`, // postings_history
  purchase: Prisma.sql`kind IN ('welcome_bonus', 'purchase', 'grant', 'take_back')`, // postings_credits
  usage: Prisma.sql`kind IN ('hold', 'spend', 'spend_refund')`, // postings_usage
};

/** A page of credits and jobs, newest first, by the partial index that each scope names. */
export async function historySql(db: Database | Tx, userId: string, scope: HistoryScope, after: HistoryPosition | null, limit: number): Promise<HistoryRow[]> {
  return await db.$queryRaw<HistoryRow[]>`
    WITH page AS (
      SELECT * FROM postings
      WHERE user_id = ${userId}::uuid AND ${HISTORY_KINDS[scope]}
        AND (created_at, id) < (${after?.at.toISOString() ?? 'infinity'}::timestamptz, ${after?.id ?? 0n}::bigint)
      ORDER BY created_at DESC, id DESC LIMIT ${limit}
    ) ${HISTORY_FIGURES}`;
}
