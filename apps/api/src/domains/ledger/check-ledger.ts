import type { Database } from '../../platform/database.ts';
import { ledgerFaultsSql } from './check-ledger.sql.ts';

/** Good results are kept for a month. */
const KEEP_GOOD_MS = 30 * 86_400_000;

export interface LedgerFault { fault: string; subject: string; expected: number; actual: number }
export interface LedgerCheckResult { ok: boolean; faults: LedgerFault[] }

/** Proves that the figures agree: wallets with entries, lines with transfers, roll-ups with sums, everything with zero. Keeps the result. */
export async function checkLedger(db: Database): Promise<LedgerCheckResult> {
  const rows = await ledgerFaultsSql(db);
  const faults = rows.map((row) => ({ fault: row.fault, subject: row.subject, expected: Number(row.expected), actual: Number(row.actual) }));
  const ok = faults.length === 0;
  await db.ledgerCheck.create({ data: { ok, faults: faults.map((fault) => ({ ...fault })) } });
  // That all was well is forgotten after a while; what was found stays.
  await db.ledgerCheck.deleteMany({ where: { ok: true, checkedAt: { lt: new Date(Date.now() - KEEP_GOOD_MS) } } });
  return { ok, faults };
}
