import { CodedError } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';
import { takeBackSql, type TakeBackInput } from './ledger.sql.ts';

export interface TakenBack {
  postingId: string;
  availableAfter: number;
  /** Out of the wallet. */
  taken: number;
  /** Spent before: owed from now on, and paid by the next purchase. */
  owed: number;
  stored: boolean;
}

/**
 * Takes tokens out of the world again, of the wallet what is there: held tokens are promised to somebody and stay. With `owe` the
 * rest becomes a debt. @throws REQUEST_REUSED when scope and key belong to another request
 */
export async function takeBack(tx: Tx, request: TakeBackInput): Promise<TakenBack> {
  if (!Number.isSafeInteger(request.tokens) || request.tokens <= 0) throw new RangeError('what is taken back is a whole number of tokens above 0');
  const row = await takeBackSql(tx, request);
  if (row.outcome === 'reused') throw new CodedError('REQUEST_REUSED');
  return { postingId: String(row.posting_id), availableAfter: Number(row.available_after), taken: Number(row.taken), owed: Number(row.owed), stored: row.outcome === 'stored' };
}
