import type { Reader } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import type { JobDescription } from '../ledger/index.ts';
import { imageUrls } from './image-urls.ts';

/** What the token history shows of each job beside its figures. Two queries a page. */
export async function describeJobs(db: Reader, deps: Deps, jobIds: readonly string[]): Promise<Map<string, JobDescription>> {
  if (jobIds.length === 0) return new Map();
  const [jobs, generations] = await Promise.all([
    db.job.findMany({ where: { id: { in: [...jobIds] } }, select: { id: true, kind: true, state: true, reason: true, style: { select: { title: true } }, _count: { select: { items: true } } } }),
    db.generation.findMany({ where: { jobId: { in: [...jobIds] }, state: 'completed' }, orderBy: { number: 'asc' } }),
  ]);
  const described = await Promise.all(jobs.map(async (job): Promise<[string, JobDescription]> => {
    const made = generations.filter(({ jobId }) => jobId === job.id);
    const [first] = made;
    return [job.id, {
      kind: job.kind, state: job.state, styleTitle: job.style?.title ?? null, count: job._count.items, numbers: made.flatMap(({ number }) => number ?? []),
      reason: job.reason === 'ok' ? null : job.reason, imageUrl: first ? (await imageUrls(deps, first)).thumbnail : null, imageRatio: first?.ratio ?? null,
    }];
  }));
  return new Map(described);
}
