import type { LedgerCheckDto, LedgerStateDto, Page } from '@style-license/shared';
import * as z from 'zod';
import { decodeParts, encodeParts } from '../../platform/cursor.ts';
import type { Deps } from '../../platform/deps.ts';
import type { Reader } from '../../platform/database.ts';

/** Three intervals of the scheduled check. */
const STALE_MS = 30 * 60_000;
const FAULTS_SHOWN = 200;

/** What is wrong now, and whether anybody looks. */
export async function ledgerState({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<LedgerStateDto> {
  const [faults, last, lastFull] = await Promise.all([
    db.ledgerFault.findMany({ where: { clearedAt: null }, orderBy: { id: 'asc' }, take: FAULTS_SHOWN }),
    db.ledgerCheck.findFirst({ orderBy: { id: 'desc' }, select: { checkedAt: true } }),
    db.ledgerCheck.findFirst({ where: { kind: 'full' }, orderBy: { checkedAt: 'desc' }, select: { checkedAt: true } }),
  ]);
  return {
    faults: faults.map((fault) => ({
      id: String(fault.id), fault: fault.fault, subject: fault.subject, expected: Number(fault.expected), actual: Number(fault.actual),
      firstSeenAt: fault.firstSeenAt.toISOString(), lastSeenAt: fault.lastSeenAt.toISOString(),
    })),
    lastCheckAt: last?.checkedAt.toISOString() ?? null, lastFullAt: lastFull?.checkedAt.toISOString() ?? null,
    isStale: last === null || clock.now().getTime() - last.checkedAt.getTime() > STALE_MS,
  };
}

const keptFaults = z.array(z.object({ fault: z.string(), subject: z.string(), expected: z.number(), actual: z.number() }));

/** Every check that is kept, newest first: ledger_checks_pkey, or ledger_checks_faulty for those that found something. */
export async function ledgerChecks(db: Reader, request: { onlyFaulty: boolean; cursor?: string | null; limit: number }): Promise<Page<LedgerCheckDto>> {
  const before = request.cursor ? BigInt(decodeParts(request.cursor, z.tuple([z.string().regex(/^\d{1,18}$/)]))[0]) : null;
  const rows = await db.ledgerCheck.findMany({
    where: { ...(before === null ? {} : { id: { lt: before } }), ...(request.onlyFaulty ? { ok: false } : {}) }, orderBy: { id: 'desc' }, take: request.limit + 1,
  });
  const shown = rows.slice(0, request.limit);
  const names = new Map((await db.user.findMany({ where: { id: { in: shown.flatMap(({ askedBy }) => askedBy ?? []) } }, select: { id: true, username: true } })).map(({ id, username }) => [id, username]));
  const last = shown.at(-1);
  const hasMore = rows.length > request.limit;
  return {
    items: shown.map((row) => ({
      id: String(row.id), at: row.checkedAt.toISOString(), kind: row.kind as LedgerCheckDto['kind'], ok: row.ok, entries: Number(row.entries), tookMs: row.tookMs,
      askedBy: row.askedBy === null ? null : (names.get(row.askedBy) ?? row.askedBy), faults: keptFaults.parse(row.faults),
    })),
    nextCursor: hasMore && last ? encodeParts([String(last.id)]) : null,
    hasMore,
  };
}
