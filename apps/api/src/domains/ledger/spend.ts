import { CodedError } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';
import { refundSpendingSql, spendSql } from './ledger.sql.ts';

export interface Spending {
  userId: string;
  tokens: number;
  memo: string;
  /** Scope and key are unique for ever: the same event pays once (R21). */
  scope: string;
  key: string;
  requestHash: string;
}
export interface Spent { postingId: string; availableAfter: number; /** It had been paid before; this call changed nothing. */ stored: boolean }

/**
 * Pays the platform at once for something that is no job, bonus tokens first.
 * @throws INSUFFICIENT_TOKENS with `required` and `available`; REQUEST_REUSED when scope and key belong to another spending
 */
export async function spend(tx: Tx, spending: Spending): Promise<Spent> {
  if (!Number.isSafeInteger(spending.tokens) || spending.tokens <= 0) throw new RangeError('what is spent is a whole number of tokens above 0');
  const row = await spendSql(tx, spending);
  if (row.outcome === 'short') throw new CodedError('INSUFFICIENT_TOKENS', { required: spending.tokens, available: Number(row.available) });
  if (row.outcome === 'reused') throw new CodedError('REQUEST_REUSED');
  return { postingId: String(row.posting_id), availableAfter: Number(row.available), stored: row.outcome === 'stored' };
}

/** Gives back what was spent under that scope and key, with its split; once: again returns 0. */
export async function refundSpending(tx: Tx, spending: Pick<Spending, 'userId' | 'memo' | 'scope' | 'key'>): Promise<{ postingId: string; returned: number }> {
  const row = await refundSpendingSql(tx, spending);
  return { postingId: String(row.posting_id), returned: Number(row.returned) };
}
