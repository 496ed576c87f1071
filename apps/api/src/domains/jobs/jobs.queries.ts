import { CodedError, isItemTerminal, isTerminal, isWaiting, type ItemState, type JobDto, type JobState, type Reason } from '@style-license/shared';
import type { Reader } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { receipts } from '../ledger/index.ts';
import { jobKind } from './dispatch.ts';
import { jobRowsSql, type JobRow } from './jobs.sql.ts';
import { progressOf } from './progress.queries.ts';
import { queueBoard, secondsUntil } from './queue-board.ts';
import type { LineJob } from './queue-line.ts';

/** Jobs as their owner sees them, in the order asked for; each table read once whatever their number. Unknown ids are left out. */
export async function jobDtos(db: Reader, deps: Deps, jobIds: readonly string[]): Promise<JobDto[]> {
  if (jobIds.length === 0) return [];
  const dtos = new Map((await jobDtosOf(db, deps, await jobRowsSql(db, [...new Set(jobIds)]))).map((dto) => [dto.id, dto]));
  return jobIds.flatMap((id) => dtos.get(id) ?? []);
}

/** The same of rows that were read a moment ago, in their order: for who reads more beside them. */
export async function jobDtosOf(db: Reader, deps: Deps, jobs: readonly JobRow[]): Promise<JobDto[]> {
  const active = jobs.filter((job) => !isTerminal(job.state as JobState));
  const [receiptOf, progress, board] = await Promise.all([
    receipts(db, jobs.map(({ id }) => id)),
    // What waits has none: its engine has not begun.
    progressOf(db, active.filter((job) => !isWaiting(job.state as JobState)).map(({ id }) => id)),
    active.length > 0 ? queueBoard(deps) : null,
  ]);
  return jobs.map((job): JobDto => {
    const state = job.state as JobState;
    const place = isWaiting(state) ? board?.placeOf(lineJob(job, deps.clock.now())) : undefined;
    return {
      id: job.id, kind: jobKind(job), state, styleId: job.styleId, styleTitle: job.styleTitle, attempt: job.attempt,
      position: place?.position ?? null, startsInSeconds: secondsUntil(place?.startsAtMs ?? null), notBefore: isWaiting(state) ? (job.notBefore?.toISOString() ?? null) : null,
      reason: job.reason as Reason | null, runnerOffered: isTerminal(state) || board === null || board.offered.has(job.queue), canCancel: !isTerminal(state),
      progress: progress.get(job.id)?.progress ?? null,
      items: job.items.map((item) => ({ id: item.id, ordinal: item.ordinal, state: item.state as ItemState, reason: item.reason as Reason | null, priceTokens: item.priceTokens })),
      receipt: receiptOf.get(job.id) ?? null,
      createdAt: job.createdAt.toISOString(), startedAt: job.startedAt?.toISOString() ?? null, endedAt: job.endedAt?.toISOString() ?? null,
    };
  });
}

const lineJob = ({ id, pool, turn, createdAt, queue, size, items, notBefore }: JobRow, now: Date): LineJob => ({
  id, pool, turn, createdAt, queue, size, items: items.filter(({ state }) => !isItemTerminal(state as ItemState)).length,
  delaySeconds: Math.max(0, ((notBefore?.getTime() ?? 0) - now.getTime()) / 1_000),
});

/** @throws NOT_FOUND for anybody else's job */
export async function ownJob(deps: Deps, userId: string, jobId: string): Promise<JobDto> {
  const owned = await deps.db.job.findFirst({ where: { id: jobId, ownerId: userId }, select: { id: true } });
  const [dto] = owned ? await jobDtos(deps.db, deps, [jobId]) : [];
  if (!dto) throw new CodedError('NOT_FOUND');
  return dto;
}

const ACTIVE_MAX = 100;
const RECENTLY_ENDED_MS = 10 * 60_000;

/** Ids of a person's jobs that run or wait (jobs_active_owner), and those that ended a moment ago, so that a page that comes back sees how. Newest first. */
export async function activeJobIds(db: Reader, request: { userId: string; now: Date; kind?: string; styleId?: string | null }): Promise<string[]> {
  const jobs = await db.job.findMany({
    where: {
      ownerId: request.userId, ...(request.kind ? { kind: request.kind } : {}), ...(request.styleId ? { styleId: request.styleId } : {}),
      OR: [{ endedAt: null }, { createdAt: { gt: new Date(request.now.getTime() - 24 * 3_600_000) }, endedAt: { gt: new Date(request.now.getTime() - RECENTLY_ENDED_MS) } }],
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take: ACTIVE_MAX, select: { id: true },
  });
  return jobs.map(({ id }) => id);
}
