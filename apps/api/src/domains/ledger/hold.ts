import { CodedError } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';
import { holdSql, type HoldLineInput } from './ledger.sql.ts';

/**
 * Sets a job's price aside, a line an item, bonus tokens first. The job and its items are written already.
 * @throws INSUFFICIENT_TOKENS with `required` and `available`
 */
export async function hold(tx: Tx, request: { jobId: string; userId: string; lines: readonly HoldLineInput[] }): Promise<{ availableAfter: number }> {
  const row = await holdSql(tx, request.jobId, request.userId, request.lines);
  if (!row.ok) throw new CodedError('INSUFFICIENT_TOKENS', { required: Number(row.required), available: Number(row.available) });
  return { availableAfter: Number(row.available) };
}
