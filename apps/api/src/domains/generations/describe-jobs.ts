import type { Reader } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import type { JobDescription } from '../ledger/index.ts';
import { imageUrls } from './image-urls.ts';

/**
 * What the token history shows of each job beside its figures. Items are counted by a query of their own: Prisma's `_count` of a relation
 * counts the whole table before it looks at which jobs are meant (60 ms instead of 1 at a million items).
 */
export async function describeJobs(db: Reader, deps: Deps, jobIds: readonly string[]): Promise<Map<string, JobDescription>> {
  if (jobIds.length === 0) return new Map();
  const [jobs, items, generations] = await Promise.all([
    db.job.findMany({ where: { id: { in: [...jobIds] } }, select: { id: true, kind: true, state: true, reason: true, style: { select: { title: true } } } }),
    db.jobItem.groupBy({ by: ['jobId'], where: { jobId: { in: [...jobIds] } }, _count: { _all: true } }),
    db.generation.findMany({ where: { jobId: { in: [...jobIds] }, state: 'completed' }, orderBy: { number: 'asc' } }),
  ]);
  const counts = new Map(items.map(({ jobId, _count }) => [jobId, _count._all]));
  const described = await Promise.all(jobs.map(async (job): Promise<[string, JobDescription]> => {
    const made = generations.filter(({ jobId }) => jobId === job.id);
    const [first] = made;
    return [job.id, {
      kind: job.kind, state: job.state, styleTitle: job.style?.title ?? null, count: counts.get(job.id) ?? 0, numbers: made.flatMap(({ number }) => number ?? []),
      reason: job.reason === 'ok' ? null : job.reason, imageUrl: first ? (await imageUrls(deps, first)).thumbnail : null, imageRatio: first?.ratio ?? null,
    }];
  }));
  return new Map(described);
}
