/** Hand-written statements of payments. Lock order: the order's row, then the wallet, events last (R19). */
import type { Database, Tx } from '../../platform/database.ts';

export interface LockedOrder {
  id: string; number: bigint; user_id: string; package_id: string; tokens: bigint; text_tokens: bigint; amount: bigint; currency: string; state: string;
  paid_attempt_id: string | null; refunded_amount: bigint; taken_tokens: bigint; owed_tokens: bigint; taken_text_tokens: bigint; paid_at: Date | null; provider: string | null; paid_key: string | null;
}

/** The order by its key, locked until the transaction ends; with the attempt that paid it. */
export async function lockOrderSql(tx: Tx, orderId: string): Promise<LockedOrder | undefined> {
  const [row] = await tx.$queryRaw<LockedOrder[]>`
    SELECT o.id, o.number, o.user_id, o.package_id, o.tokens, o.text_tokens, o.amount, o.currency, o.state, o.paid_attempt_id, o.refunded_amount, o.taken_tokens, o.owed_tokens, o.taken_text_tokens, o.paid_at,
      a.provider, a.payment_key AS paid_key
    FROM payment_orders o LEFT JOIN payment_attempts a ON a.id = o.paid_attempt_id
    WHERE o.id = ${orderId}::uuid FOR UPDATE OF o`;
  return row;
}

export interface LeasedAttempt { id: string; check_at: Date }
/** Takes attempts that are due (payment_attempts_due) for so long; whoever takes them and dies leaves them due again. */
export async function leaseAttemptsSql(db: Database, now: Date, until: Date, limit: number): Promise<LeasedAttempt[]> {
  return await db.$queryRaw<LeasedAttempt[]>`
    UPDATE payment_attempts SET check_at = ${until.toISOString()}::timestamptz, checks = checks + 1
    WHERE id IN (SELECT id FROM payment_attempts WHERE check_at <= ${now.toISOString()}::timestamptz ORDER BY check_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING id, check_at`;
}

/**
 * When to ask next. A hint that came while we asked (check_at is due, and is not our own lease) stays: what it tells of may have
 * happened after we read.
 */
export async function scheduleCheckSql(tx: Tx | Database, attemptId: string, next: Date | null, leasedUntil: Date | null, now: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE payment_attempts SET check_at = ${next?.toISOString() ?? null}::timestamptz
    WHERE id = ${attemptId}::uuid AND NOT (check_at IS NOT NULL AND check_at <= ${now.toISOString()}::timestamptz AND check_at IS DISTINCT FROM ${leasedUntil?.toISOString() ?? null}::timestamptz)`;
}

/** Something happened at the provider: look now. Gives whether we know the attempt. */
export async function hintSql(db: Database, attemptId: string, provider: string, now: Date): Promise<boolean> {
  const hinted = await db.$executeRaw`
    UPDATE payment_attempts SET check_at = least(check_at, ${now.toISOString()}::timestamptz) WHERE id = ${attemptId}::uuid AND provider = ${provider}`;
  return hinted > 0;
}

export interface LeasedRefund { id: string; order_id: string; attempt_id: string; reason: string; tries: number; provider: string; payment_key: string | null }
/** Takes refunds that are due (payment_refunds_due). */
export async function leaseRefundsSql(db: Database, now: Date, until: Date, limit: number): Promise<LeasedRefund[]> {
  return await db.$queryRaw<LeasedRefund[]>`
    UPDATE payment_refunds r SET try_at = ${until.toISOString()}::timestamptz, tries = r.tries + 1
    FROM payment_attempts a
    WHERE a.id = r.attempt_id
      AND r.id IN (SELECT id FROM payment_refunds WHERE try_at <= ${now.toISOString()}::timestamptz ORDER BY try_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING r.id, r.order_id, r.attempt_id, r.reason, r.tries, a.provider, a.payment_key`;
}

/** One open refund an attempt (payment_refunds_open): asked twice, it is one. */
export async function addRefundSql(tx: Tx, refund: { orderId: string; attemptId: string; amount: bigint; reason: string; requestedBy: string | null; now: Date }): Promise<boolean> {
  const now = refund.now.toISOString();
  const added = await tx.$executeRaw`
    INSERT INTO payment_refunds (order_id, attempt_id, amount, reason, requested_by, created_at, try_at)
    VALUES (${refund.orderId}::uuid, ${refund.attemptId}::uuid, ${refund.amount}, ${refund.reason}, ${refund.requestedBy}::uuid, ${now}::timestamptz, ${now}::timestamptz)
    ON CONFLICT DO NOTHING`;
  return added > 0;
}
