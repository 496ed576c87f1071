import type { Database } from '../../platform/database.ts';
import { transaction } from '../../platform/database.ts';
import { rollUpEarningsSql, rollUpSql } from './roll-up.sql.ts';

/**
 * Sums the closed days of the accounts that only grow (R18), so that an artist's earnings are roll-ups and today's transfers.
 * A day is closed an hour after its end: a transaction is long over by then (its time-outs are seconds). Gives the rows
 * written for accounts; what each style earned that day is kept beside them.
 */
export async function rollUpAccounts(db: Database, at: { now: Date; timeZone: string }): Promise<number> {
  const until = new Date(at.now.getTime() - CLOSING_DELAY_MS);
  return await transaction(db, async (tx) => {
    const rows = await rollUpSql(tx, until, at.timeZone);
    await rollUpEarningsSql(tx, until, at.timeZone);
    return rows;
  });
}

const CLOSING_DELAY_MS = 3_600_000;
