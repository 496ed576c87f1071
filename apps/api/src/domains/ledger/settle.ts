import type { Reason } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';
import { settleSql } from './ledger.sql.ts';

/** Pays a delivered item's line to who earns it. Once: again pays nothing. Gives the tokens paid now; 0 for free work. */
export async function settle(tx: Tx, request: { itemId: string; reason: Reason }): Promise<number> {
  return Number((await settleSql(tx, request.itemId, request.reason)) ?? 0n);
}
