import { raiseAlert } from '../../platform/alert.ts';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { FAULTS_MAX } from './check-ledger.sql.ts';
import { FULL_ONLY, keepCheck, type CheckMode, type KeptCheck, type LedgerProbe } from './check-ledger.ts';
import { clearFaultsSql, noteFaultsSql, takeUntoldSql } from './fault-book.sql.ts';

type WatchDeps = Pick<Deps, 'db' | 'log' | 'clock' | 'env' | 'queue'>;
export interface WatchOptions { probes: readonly LedgerProbe[]; /** Not given: full once a night, else quick. */ mode?: CheckMode; askedBy?: string | null }

/** The night's check begins with the first one after this hour (TIME_ZONE). */
const NIGHT_HOUR = 4;
const HOUR_MS = 3_600_000;

/**
 * Checks the ledger and tells of faults: the log at every check, an alert once until the fault is gone; administrators' pages show
 * what is open. Null: another process checked at the same time.
 */
export async function watchLedger(deps: WatchDeps, { probes, mode, askedBy = null }: WatchOptions): Promise<KeptCheck | null> {
  const { db, log, clock, env } = deps;
  const kept = await keepCheck(db, { mode: mode ?? ((await isFullDue(deps, env.TIME_ZONE)) ? 'full' : 'quick'), probes, askedBy });
  if (!kept) return null;
  if (!kept.ok) log.error({ faults: kept.faults, check: kept.checkId }, 'the ledger is at fault');
  const now = clock.now();
  await transaction(db, async (tx) => {
    await noteFaultsSql(tx, kept.faults, now);
    // More faults than are listed: those that are missing may only not have been listed.
    if (kept.faults.length < FAULTS_MAX) await clearFaultsSql(tx, now, kept.mode === 'full' ? [] : [...FULL_ONLY]);
    const untold = await takeUntoldSql(tx, now);
    if (untold.length === 0) return;
    await raiseAlert(deps, tx, { kind: 'ledgerFault', faults: untold.map(({ fault, subject }) => `ledger:${fault}:${subject}`), path: '/admin/ledger', values: (count) => ({ count }) });
  });
  return kept;
}

async function isFullDue({ db, clock }: Pick<Deps, 'db' | 'clock'>, timeZone: string): Promise<boolean> {
  const last = await db.ledgerCheck.findFirst({ where: { kind: 'full' }, orderBy: { checkedAt: 'desc' }, select: { checkedAt: true } });
  return last === null || nightOf(last.checkedAt, timeZone) !== nightOf(clock.now(), timeZone);
}

/** The day whose night check stands for this moment: days begin at the night's hour. */
export const nightOf = (at: Date, timeZone: string): string => new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date(at.getTime() - NIGHT_HOUR * HOUR_MS));
