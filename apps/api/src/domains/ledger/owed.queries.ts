import type { Database, Tx } from '../../platform/database.ts';
import { owedSql, repaidSql } from './ledger.sql.ts';

/** Tokens that a person owes: refunded in money, but spent before. */
export async function owed(db: Database | Tx, userId: string): Promise<number> {
  return Number(await owedSql(db, userId));
}

/** What of each purchase paid a debt, by its key in the ledger; those that paid none are not in it. */
export async function repaid(db: Database | Tx, scope: string, keys: readonly string[]): Promise<Map<string, number>> {
  if (keys.length === 0) return new Map();
  return new Map((await repaidSql(db, scope, keys)).map((row) => [row.key, Number(row.repaid)]));
}
