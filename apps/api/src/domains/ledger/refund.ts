import type { Reason } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';
import { refundSql } from './ledger.sql.ts';

/** Gives back what is still held for a job, or for some of its items, with the bonus/bought split of the hold. Gives the tokens returned now. */
export async function refund(tx: Tx, request: { jobId: string; itemIds?: readonly string[]; reason: Reason }): Promise<number> {
  return Number(await refundSql(tx, request.jobId, request.itemIds ?? null, request.reason));
}
