import type { HistoryEntryDto, Page } from '@style-license/shared';
import type { Database, Tx } from '../../platform/database.ts';
import { decodeCursor, encodeCursor } from '../../platform/cursor.ts';
import { historySql, type HistoryRow, type HistoryScope } from './ledger.sql.ts';
import { creditNumber, receiptNumber } from './receipts.queries.ts';

/** What the ledger does not know of a job: contributed by the domains that do (one batched call a page). */
export interface JobDescription {
  kind: string; state: string; styleTitle: string | null; count: number; numbers: number[]; reason: string | null; imageUrl: string | null; imageRatio: string | null;
}
export type DescribeJobs = (db: Database | Tx, jobIds: readonly string[]) => Promise<Map<string, JobDescription>>;

/** One line per credit or job, newest first, with the balance after it. */
export async function history(
  db: Database | Tx, describeJobs: DescribeJobs,
  request: { userId: string; filter: HistoryScope; cursor?: string | null; limit: number },
): Promise<Page<HistoryEntryDto>> {
  const after = request.cursor ? decodeCursor(request.cursor, 'number') : null;
  const rows = await historySql(db, request.userId, request.filter, after && { at: after.at, id: BigInt(after.id) }, request.limit + 1);
  const shown = rows.slice(0, request.limit);
  const jobs = await describeJobs(db, shown.flatMap((row) => row.job_id ?? []));
  const last = shown.at(-1);
  const hasMore = rows.length > request.limit;
  return {
    items: shown.map((row) => entryDto(row, row.job_id ? jobs.get(row.job_id) : undefined)),
    nextCursor: hasMore && last ? encodeCursor({ at: last.at, id: String(last.id) }) : null,
    hasMore,
  };
}

function entryDto(row: HistoryRow, job: JobDescription | undefined): HistoryEntryDto {
  const isJob = row.kind === 'hold';
  return {
    id: String(row.id),
    kind: isJob ? 'job' : (row.kind as Exclude<HistoryEntryDto['kind'], 'job'>),
    at: row.at.toISOString(),
    tokens: Number(isJob ? 0n - row.settled : row.credited),
    held: Number(row.open),
    refunded: Number(row.refunded),
    repaid: Number(row.repaid),
    owed: Number(row.owed),
    // A refund gives back what the hold took: the job's line shows the balance with it.
    balanceAfter: Number(row.available_after + row.refunded),
    memo: row.memo,
    jobId: row.job_id, jobKind: job?.kind ?? null, jobState: job?.state ?? null, styleTitle: job?.styleTitle ?? null, count: job?.count ?? null,
    numbers: job?.numbers ?? [], reason: job?.reason ?? row.reason, imageUrl: job?.imageUrl ?? null, imageRatio: job?.imageRatio ?? null,
    receiptNumber: row.hold_number === null ? creditNumber(row.id) : receiptNumber(row.hold_number),
  };
}
