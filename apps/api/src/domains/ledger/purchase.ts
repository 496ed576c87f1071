import { CodedError } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';
import { purchaseSql, type PurchaseInput } from './ledger.sql.ts';

export interface Purchased {
  postingId: string;
  availableAfter: number;
  /** Of the tokens bought, those that paid what was owed. */
  repaid: number;
  /** It had been credited before; this call changed nothing. */
  stored: boolean;
}

/** Credits bought tokens once; what the person owes is paid first. @throws REQUEST_REUSED when scope and key belong to another purchase */
export async function purchase(tx: Tx, request: PurchaseInput): Promise<Purchased> {
  if (!Number.isSafeInteger(request.tokens) || request.tokens <= 0) throw new RangeError('a purchase is a whole number of tokens above 0');
  const row = await purchaseSql(tx, request);
  if (row.outcome === 'reused') throw new CodedError('REQUEST_REUSED');
  return { postingId: String(row.posting_id), availableAfter: Number(row.available_after), repaid: Number(row.repaid), stored: row.outcome === 'stored' };
}
