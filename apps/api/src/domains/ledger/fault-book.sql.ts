import type { Tx } from '../../platform/database.ts';
import type { LedgerFault } from './check-ledger.ts';

/** Notes what a check found: a fault that is open already is seen again, another one begins. ledger_faults_open. */
export async function noteFaultsSql(tx: Tx, faults: readonly LedgerFault[], now: Date): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO ledger_faults AS f (fault, subject, expected, actual, first_seen_at, last_seen_at)
    SELECT DISTINCT ON (fault, subject) fault, subject, expected, actual, ${now}::timestamptz, ${now}::timestamptz
    FROM unnest(${faults.map(({ fault }) => fault)}::text[], ${faults.map(({ subject }) => subject)}::text[], ${faults.map(({ expected }) => expected)}::bigint[], ${faults.map(({ actual }) => actual)}::bigint[])
      AS seen (fault, subject, expected, actual)
    ON CONFLICT (fault, subject) WHERE cleared_at IS NULL DO UPDATE SET expected = excluded.expected, actual = excluded.actual, last_seen_at = excluded.last_seen_at`;
}

/** Closes the open faults that this check would have seen and did not; `except` are the kinds that it cannot judge. */
export async function clearFaultsSql(tx: Tx, now: Date, except: readonly string[]): Promise<number> {
  return await tx.$executeRaw`UPDATE ledger_faults SET cleared_at = ${now} WHERE cleared_at IS NULL AND last_seen_at < ${now} AND fault <> ALL (${[...except]}::text[])`;
}

/** Faults that nobody was told of yet; they count as told from now on. */
export async function takeUntoldSql(tx: Tx, now: Date): Promise<{ fault: string; subject: string }[]> {
  return await tx.$queryRaw`UPDATE ledger_faults SET told_at = ${now} WHERE cleared_at IS NULL AND told_at IS NULL RETURNING fault, subject`;
}
