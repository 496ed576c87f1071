import type { Database, Tx } from '../../platform/database.ts';
import { owedSql } from './ledger.sql.ts';

/** Tokens that a person owes: refunded in money, but spent before. */
export async function owed(db: Database | Tx, userId: string): Promise<number> {
  return Number(await owedSql(db, userId));
}
