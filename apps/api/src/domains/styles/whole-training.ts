/**
 * A training as its artist sees it: one job, or several where it was stopped and goes on. The first of them is the others' parent.
 */
import { BASE_MODEL_FEATURES, isTerminal, type BaseModel, type JobState, type Reason } from '@style-license/shared';
import { RETRIED } from '@style-license/shared/server';
import type { Checkpoint, Job, Style } from '@style-license/db';
import type { Reader } from '../../platform/database.ts';
import { readTrainingRequest, setHashOf } from './training-request.ts';

export const firstJobOf = ({ id, parentId }: Pick<Job, 'id' | 'parentId'>): string => parentId ?? id;

/** The jobs of a training by the first of them: jobs_pkey, jobs_parent_id_idx. */
export const jobsOfTraining = (firstJobId: string) => ({ OR: [{ id: firstJobId }, { parentId: firstJobId }] });

/** The newest checkpoint of a training, by its epoch. */
export async function newestCheckpoint(db: Reader, firstJobId: string, beforeEpoch = Number.MAX_SAFE_INTEGER): Promise<Checkpoint | null> {
  const checkpoints = await db.checkpoint.findMany({ where: { job: jobsOfTraining(firstJobId) }, orderBy: { epoch: 'asc' } });
  return checkpoints.findLast(({ epoch }) => epoch < beforeEpoch) ?? null;
}

/** What stopped by hand, or for a reason that is tried again, may go on; a request that the engine refused would be refused again. */
const mayGoOn = (reason: Reason | null): boolean => reason === 'cancelled' || (reason !== null && RETRIED[reason]);

/** Where a training that has ended early goes on; null when it cannot: nothing learned, all learned, or another set by now. */
export async function resumePoint(db: Reader, style: Pick<Style, 'id' | 'baseModel'>, job: Job): Promise<Checkpoint | null> {
  if (!BASE_MODEL_FEATURES[style.baseModel as BaseModel].resumes || !isTerminal(job.state as JobState) || !mayGoOn(job.reason as Reason | null)) return null;
  const request = readTrainingRequest(job.request);
  const newest = await newestCheckpoint(db, firstJobOf(job));
  if (newest === null || newest.epoch >= request.epochs) return null;
  const artworks = await db.artwork.findMany({ where: { styleId: style.id }, orderBy: { ordinal: 'asc' }, select: { sha256: true, tags: true } });
  return setHashOf(artworks) === request.setHash ? newest : null;
}
