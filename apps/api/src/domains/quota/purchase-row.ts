import { createHash } from 'node:crypto';
import { CodedError, QUOTA_PACKS, type QuotaCurrency, type QuotaPack, type QuotaPackId, type QuotaPurchaseDto } from '@style-license/shared';
import type { Prisma, QuotaPurchase } from '@style-license/db';
import type { Tx } from '../../platform/database.ts';
import { dateText } from './quota-month.ts';

export const packOf = (id: QuotaPackId): QuotaPack => QUOTA_PACKS.find((pack) => pack.id === id)!;

export const hashOf = (...parts: (string | number | null)[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/**
 * Writes a purchase under the id that the asker made, or finds the one that the same request wrote before; two at once wait for each
 * other here. @throws REQUEST_REUSED when the id belongs to another request
 */
export async function writeOnce(tx: Tx, data: Prisma.QuotaPurchaseUncheckedCreateInput): Promise<{ row: QuotaPurchase; isNew: boolean }> {
  const [made] = await tx.quotaPurchase.createManyAndReturn({ data: [data], skipDuplicates: true });
  if (made) return { row: made, isNew: true };
  const row = await tx.quotaPurchase.findUnique({ where: { id: data.id } });
  // None: the row that stood in the way has another id (a purchase that was refunded under another one).
  if (!row || row.userId !== data.userId || row.requestHash !== data.requestHash) throw new CodedError('REQUEST_REUSED');
  return { row, isNew: false };
}

export function purchaseDto(row: QuotaPurchase): QuotaPurchaseDto {
  return {
    id: row.id, month: dateText(row.month), kind: row.kind as QuotaPurchaseDto['kind'], status: row.status as QuotaPurchaseDto['status'], packId: row.packId,
    textTokens: Number(row.textTokens), method: row.method, amount: row.amount === null ? null : Number(row.amount), currency: row.currency as QuotaCurrency | null,
    transactionId: row.transactionId, reason: row.reason, createdAt: row.createdAt.toISOString(), processedAt: row.processedAt?.toISOString() ?? null,
  };
}
