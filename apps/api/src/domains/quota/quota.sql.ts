/**
 * Every statement that moves AI text quota. Movements are database functions (prisma/migrations/…_quota): one round trip each, the
 * month's row locked first. Whoever also spends tokens has locked the wallet before (R19).
 */
import type { QuotaPurchase } from '@style-license/db';
import type { QuotaFeature } from '@style-license/shared';
import { Prisma, type Database, type Reader, type Tx } from '../../platform/database.ts';

/** A person's month and what it begins with if it is not open yet. */
export interface QuotaMonth { userId: string; month: string; allowance: number }
export interface QuotaRow { ok: boolean; allocated: bigint; used: bigint; reserved: bigint }

export interface Reservation extends QuotaMonth { callId: string; feature: QuotaFeature; model: string; tokens: number; now: Date; expiresAt: Date }
export async function reserveSql(db: Database, r: Reservation): Promise<QuotaRow> {
  const [row] = await db.$queryRaw<QuotaRow[]>`
    SELECT ok, allocated, used, reserved FROM quota_reserve(
      ${r.callId}::uuid, ${r.userId}::uuid, ${r.month}::date, ${r.allowance}::bigint, ${r.feature}, ${r.model}, ${r.tokens}::bigint,
      ${r.now.toISOString()}::timestamptz, ${r.expiresAt.toISOString()}::timestamptz)`;
  return row!;
}

export interface CallEnd { callId: string; outcome: 'ok' | 'failed'; reason: string | null; actual: number | null; ms: number | null; now: Date }
/** Text tokens charged; null when the call had ended before. */
export async function settleCallSql(db: Database, end: CallEnd): Promise<bigint | null> {
  const [row] = await db.$queryRaw<{ charged: bigint | null }[]>`
    SELECT quota_settle(${end.callId}::uuid, ${end.outcome}, ${end.reason}, ${end.actual}::bigint, ${end.ms}::int, ${end.now.toISOString()}::timestamptz) AS charged`;
  return row!.charged;
}

/** Reservations whose process is gone: quota_calls_open. */
export async function expiredCallsSql(db: Database, now: Date, limit: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM quota_calls WHERE outcome IS NULL AND expires_at < ${now.toISOString()}::timestamptz ORDER BY expires_at LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}

/** `max` null: an administrator's hand, without limit. */
export async function addSql(tx: Tx, quota: QuotaMonth & { textTokens: number; bought: boolean; max: number | null }): Promise<QuotaRow> {
  const [row] = await tx.$queryRaw<QuotaRow[]>`
    SELECT ok, allocated, used, reserved FROM quota_add(
      ${quota.userId}::uuid, ${quota.month}::date, ${quota.allowance}::bigint, ${quota.textTokens}::bigint, ${quota.bought}, ${quota.max}::bigint)`;
  return row!;
}

export async function openSql(tx: Tx, quota: QuotaMonth): Promise<Pick<QuotaRow, 'allocated'>> {
  const [row] = await tx.$queryRaw<Pick<QuotaRow, 'allocated'>[]>`
    SELECT allocated FROM quota_open(${quota.userId}::uuid, ${quota.month}::date, ${quota.allowance}::bigint)`;
  return row!;
}

/** False when some of it is used or set aside. */
export async function takeSql(tx: Tx, userId: string, month: string, textTokens: number): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ ok: boolean }[]>`SELECT quota_take(${userId}::uuid, ${month}::date, ${textTokens}::bigint) AS ok`;
  return row!.ok;
}

export interface MonthRow { month: Date; allocated: bigint; used: bigint; remaining: bigint; reserved: bigint; purchased: bigint; calls: bigint; refused: bigint }
/** The months since `from`, newest first: quotas' key; calls by quota_calls_user_id_month_created_at_idx. */
export async function monthsSql(db: Reader, userId: string, from: string): Promise<MonthRow[]> {
  return await db.$queryRaw<MonthRow[]>`
    SELECT q.month, q.allocated, q.used, q.remaining, q.reserved, q.purchased, c.calls, c.refused
    FROM quotas q CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE outcome = 'ok') AS calls, count(*) FILTER (WHERE outcome = 'refused') AS refused
      FROM quota_calls WHERE user_id = q.user_id AND month = q.month
    ) c
    WHERE q.user_id = ${userId}::uuid AND q.month >= ${from}::date ORDER BY q.month DESC`;
}

/** Newest first, from the cursor as one row value (R30): quota_purchases_user_id_created_at_id_idx. */
export async function purchasesSql(db: Reader, userId: string, after: { at: Date; id: string } | null, limit: number): Promise<QuotaPurchase[]> {
  return await db.$queryRaw<QuotaPurchase[]>`
    SELECT id, user_id AS "userId", month, kind, status, pack_id AS "packId", text_tokens AS "textTokens", method, amount, currency, transaction_id AS "transactionId", reason,
      actor_id AS "actorId", refund_of_id AS "refundOfId", request_hash AS "requestHash", created_at AS "createdAt", processed_at AS "processedAt"
    FROM quota_purchases
    WHERE user_id = ${userId}::uuid AND (created_at, id) < (${after?.at.toISOString() ?? 'infinity'}::timestamptz, ${after?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff'}::uuid)
    ORDER BY created_at DESC, id DESC LIMIT ${limit}`;
}

export interface UserRow {
  user_id: string; username: string; name: string; allocated: bigint; used: bigint; remaining: bigint; reserved: bigint; purchased: bigint;
  served: bigint; failed: bigint; refused: bigint; median_ms: number | null;
}
/** A month's people by what they used: quotas_used walked from the cursor as one row value (R30). */
export async function usersSql(db: Reader, month: string, after: { used: bigint; userId: string } | null, limit: number): Promise<UserRow[]> {
  return await db.$queryRaw<UserRow[]>`
    SELECT q.user_id, u.username, u.name, q.allocated, q.used, q.remaining, q.reserved, q.purchased, c.served, c.failed, c.refused, c.median_ms
    FROM (
      SELECT * FROM quotas WHERE month = ${month}::date
        AND (used, user_id) < (${after?.used ?? 9_223_372_036_854_775_807n}::bigint, ${after?.userId ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff'}::uuid)
      ORDER BY used DESC, user_id DESC LIMIT ${limit}
    ) q
    JOIN users u ON u.id = q.user_id
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE outcome = 'ok') AS served, count(*) FILTER (WHERE outcome = 'failed') AS failed, count(*) FILTER (WHERE outcome = 'refused') AS refused,
        round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE outcome = 'ok'))::int AS median_ms
      FROM quota_calls WHERE user_id = q.user_id AND month = q.month
    ) c ORDER BY q.used DESC, q.user_id DESC`;
}

export interface OverviewRow {
  people: bigint; allocated: bigint; used: bigint; purchased: bigint; exceeded: bigint; near_end: bigint;
  served: bigint; failed: bigint; refused: bigint; median_ms: number | null; p95_ms: number | null;
}
/** The calls of a month by quota_calls_created_at_idx. */
const callsOf = (month: string, timeZone: string): Prisma.Sql => Prisma.sql`
  FROM quota_calls WHERE created_at >= ${month}::timestamp AT TIME ZONE ${timeZone} AND created_at < (${month}::timestamp + interval '1 month') AT TIME ZONE ${timeZone}`;

/** A month over everybody: quotas by quotas_used. */
export async function overviewSql(db: Reader, month: string, timeZone: string, warningPercent: number): Promise<OverviewRow> {
  const [row] = await db.$queryRaw<OverviewRow[]>`
    WITH q AS (
      SELECT count(*) AS people, coalesce(sum(allocated), 0)::bigint AS allocated, coalesce(sum(used), 0)::bigint AS used, coalesce(sum(purchased), 0)::bigint AS purchased,
        count(*) FILTER (WHERE remaining = 0) AS exceeded, count(*) FILTER (WHERE remaining > 0 AND used * 100 >= allocated * ${warningPercent}::int) AS near_end
      FROM quotas WHERE month = ${month}::date
    ), c AS (
      SELECT count(*) FILTER (WHERE outcome = 'ok') AS served, count(*) FILTER (WHERE outcome = 'failed') AS failed, count(*) FILTER (WHERE outcome = 'refused') AS refused,
        round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE outcome = 'ok'))::int AS median_ms,
        round(percentile_cont(0.95) WITHIN GROUP (ORDER BY ms) FILTER (WHERE outcome = 'ok'))::int AS p95_ms
      ${callsOf(month, timeZone)}
    )
    SELECT * FROM q CROSS JOIN c`;
  return row!;
}

export async function failureReasonsSql(db: Reader, month: string, timeZone: string): Promise<{ reason: string; count: number }[]> {
  return await db.$queryRaw<{ reason: string; count: number }[]>`
    SELECT reason, count(*)::int AS count ${callsOf(month, timeZone)} AND outcome = 'failed' AND reason IS NOT NULL
    GROUP BY reason ORDER BY count DESC, reason`;
}

export interface DayRow { day: string; used: bigint; served: bigint; failed: bigint; refused: bigint }
/** Day by day, days without a call too: quota_calls_created_at_idx. */
export async function daysSql(db: Reader, now: Date, timeZone: string, days: number): Promise<DayRow[]> {
  return await db.$queryRaw<DayRow[]>`
    WITH today AS (SELECT (${now.toISOString()}::timestamptz AT TIME ZONE ${timeZone})::date AS day)
    SELECT to_char(d.day, 'YYYY-MM-DD') AS day, coalesce(sum(c.charged), 0)::bigint AS used, count(*) FILTER (WHERE c.outcome = 'ok') AS served,
      count(*) FILTER (WHERE c.outcome = 'failed') AS failed, count(*) FILTER (WHERE c.outcome = 'refused') AS refused
    FROM today CROSS JOIN LATERAL generate_series(today.day - (${days}::int - 1), today.day, interval '1 day') AS d (day)
    LEFT JOIN quota_calls c ON c.created_at >= d.day::timestamp AT TIME ZONE ${timeZone} AND c.created_at < (d.day + interval '1 day')::timestamp AT TIME ZONE ${timeZone}
    GROUP BY d.day ORDER BY d.day`;
}
