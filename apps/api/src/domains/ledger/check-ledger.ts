import { performance } from 'node:perf_hooks';
import type { Database, Reader } from '../../platform/database.ts';
import { Prisma } from '../../platform/database.ts';
import { FAULTS_MAX, ledgerFaultsSql, lockCheckSql, marksSql, moveMarkSql, rebuildSumsSql } from './check-ledger.sql.ts';

/** Good results are kept for a month. */
const KEEP_GOOD_MS = 30 * 86_400_000;
/** A full check reads every entry there is. */
const STATEMENT_LIMIT_MS = { quick: 60_000, full: 3_600_000 } as const;
const CONNECTION_WAIT_MS = 10_000;

export interface LedgerFault { fault: string; subject: string; expected: number; actual: number }
export interface LedgerCheckResult { ok: boolean; faults: LedgerFault[] }
export type CheckMode = 'quick' | 'full';

/** Another domain's proof that its own books agree with the ledger. Always whole: what it no longer finds is cleared. */
export interface LedgerProbe {
  name: string;
  find(db: Reader): Promise<LedgerFault[]>;
}
export interface CheckOptions { mode?: CheckMode; probes?: readonly LedgerProbe[]; askedBy?: string | null }
export interface KeptCheck extends LedgerCheckResult { checkId: string; mode: CheckMode }

/** Faults that a quick check can miss, since it looks only at lines that moved: it does not say that they are gone. */
export const FULL_ONLY: ReadonlySet<string> = new Set(['line_held', 'line_resolved', 'sum_drifted']);

/**
 * Proves that the figures agree: wallets with entries and open lines, lines with transfers, roll-ups with sums, everything with zero,
 * and what the probes look at. Keeps the result. Full unless asked otherwise; the first one always is.
 */
export async function checkLedger(db: Database, options: CheckOptions = {}): Promise<LedgerCheckResult> {
  const kept = await keepCheck(db, options);
  if (!kept) throw new Error('another ledger check is at work');
  return { ok: kept.ok, faults: kept.faults };
}

/** Null: another process checks just now. */
export async function keepCheck(db: Database, { mode: asked = 'full', probes = [], askedBy = null }: CheckOptions = {}): Promise<KeptCheck | null> {
  const startedAt = performance.now();
  // Statements that follow one another must see what others committed meanwhile; each of them is one snapshot by itself.
  return await db.$transaction(async (tx) => {
    if (!(await lockCheckSql(tx))) return null;
    await tx.$executeRawUnsafe(`SET LOCAL statement_timeout = ${STATEMENT_LIMIT_MS[asked]}`);
    const marks = await marksSql(tx);
    const mode = marks.from === null ? 'full' : asked;
    // The mark moves first: what was added is then part of what is proved.
    await moveMarkSql(tx, marks);
    const rows = await ledgerFaultsSql(tx, mode, marks);
    const faults: LedgerFault[] = rows.flatMap(({ fault, subject, expected, actual }) => (fault === null ? [] : [{ fault, subject, expected: Number(expected), actual: Number(actual) }]));
    for (const probe of probes) faults.push(...(await probe.find(tx)));
    if (faults.some(({ fault }) => fault === 'sum_drifted')) await rebuildSumsSql(tx, marks.until);
    const ok = faults.length === 0;
    const { id } = await tx.ledgerCheck.create({
      data: {
        kind: mode, ok, faults: faults.slice(0, FAULTS_MAX).map((fault) => ({ ...fault })), entries: rows[0]?.entries ?? 0n,
        tookMs: Math.round(performance.now() - startedAt), verifiedUntil: marks.until, askedBy,
      },
    });
    // That all was well is forgotten after a while; what was found stays.
    await tx.ledgerCheck.deleteMany({ where: { ok: true, checkedAt: { lt: new Date(Date.now() - KEEP_GOOD_MS) } } });
    return { checkId: String(id), mode, ok, faults };
  }, { isolationLevel: Prisma.TransactionIsolationLevel.ReadCommitted, maxWait: CONNECTION_WAIT_MS, timeout: STATEMENT_LIMIT_MS[asked] * 2 });
}
