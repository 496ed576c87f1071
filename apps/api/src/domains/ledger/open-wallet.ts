import type { Tx } from '../../platform/database.ts';
import { openWalletSql } from './ledger.sql.ts';

/** Gives a new person their wallet. Again changes nothing. */
export async function openWallet(tx: Tx, userId: string): Promise<void> {
  await openWalletSql(tx, userId);
}
