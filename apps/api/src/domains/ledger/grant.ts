import { CodedError } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';
import { grantSql, type CreditKind, type Fund } from './ledger.sql.ts';

export interface Grant {
  userId: string;
  tokens: number;
  fund: Fund;
  kind: CreditKind;
  memo: string;
  /** Scope and key are unique for ever: the same event credits once (R21). */
  scope: string;
  key: string;
  /** Hash of what was asked for: the same scope and key with another request is refused. */
  requestHash: string;
}
export interface Granted { postingId: string; availableAfter: number; /** It had been granted before; this call changed nothing. */ stored: boolean }

/** Puts new tokens into a wallet. @throws REQUEST_REUSED when scope and key belong to another grant */
export async function grant(tx: Tx, grant: Grant): Promise<Granted> {
  if (!Number.isSafeInteger(grant.tokens) || grant.tokens <= 0) throw new RangeError('a grant is a whole number of tokens above 0');
  const row = await grantSql(tx, grant);
  if (row.outcome === 'reused') throw new CodedError('REQUEST_REUSED');
  return { postingId: String(row.posting_id), availableAfter: Number(row.available_after), stored: row.outcome === 'stored' };
}
