import { CodedError, type LineState, type Reason, type ReceiptDto } from '@style-license/shared';
import type { Database, Tx } from '../../platform/database.ts';
import { holdOwnerSql, receiptLinesSql } from './ledger.sql.ts';

/** The number that people quote; holds are numbered on their own, so it says nothing of other figures. */
export const receiptNumber = (number: bigint): string => `R-${String(number).padStart(6, '0')}`;
export const creditNumber = (postingId: bigint | string): string => `C-${String(postingId).padStart(6, '0')}`;

/** The receipts of many jobs by one query. A free job has none. */
export async function receipts(db: Database | Tx, jobIds: readonly string[]): Promise<Map<string, ReceiptDto>> {
  const byJob = new Map<string, ReceiptDto>();
  if (jobIds.length === 0) return byJob;
  for (const row of await receiptLinesSql(db, jobIds)) {
    let receipt = byJob.get(row.job_id);
    if (!receipt) {
      receipt = { jobId: row.job_id, number: receiptNumber(row.number), heldAt: row.held_at.toISOString(), held: 0, settled: 0, refunded: 0, open: 0, lines: [] };
      byJob.set(row.job_id, receipt);
    }
    const [bonus, bought] = [Number(row.bonus), Number(row.bought)];
    const state = row.state as LineState;
    receipt.held += bonus + bought;
    receipt[SUM_OF[state]] += bonus + bought;
    receipt.lines.push({
      ordinal: row.ordinal, itemId: row.item_id, payeeName: row.payee_name, tokens: bonus + bought, bonus, bought, state,
      resolvedAt: row.resolved_at?.toISOString() ?? null, reason: row.reason as Reason | null,
    });
  }
  return byJob;
}

const SUM_OF = { held: 'open', settled: 'settled', refunded: 'refunded' } as const satisfies Record<LineState, keyof ReceiptDto>;

/** One receipt, for its owner only. @throws NOT_FOUND for anybody else, and for work that was free */
export async function ownReceipt(db: Database | Tx, userId: string, jobId: string): Promise<ReceiptDto> {
  const owner = await holdOwnerSql(db, jobId);
  const receipt = owner === userId ? (await receipts(db, [jobId])).get(jobId) : undefined;
  if (!receipt) throw new CodedError('NOT_FOUND');
  return receipt;
}
