/** What a training is, where jobs leave off: its spec, its checkpoint, and whom to tell how it ended. */
import { BASE_MODEL_FEATURES, type BaseModel, type JobState } from '@style-license/shared';
import type { TrainingItemResult, TrainingSpec } from '@style-license/shared/server';
import type { Job, JobItem } from '@style-license/db';
import type { Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import type { RaisedEvent } from '../../platform/events.ts';
import type { JobHooks } from '../jobs/index.ts';
import { checkpointState } from './checkpoint-samples.ts';
import { dropStates } from './drop-states.ts';
import { styleRights } from './style-rights.ts';
import { tellTrainingEnd } from './tell-training-end.ts';
import { readTrainingRequest } from './training-request.ts';
import { firstJobOf, jobsOfTraining, newestCheckpoint } from './whole-training.ts';

export const trainingHooks: JobHooks['training'] = {
  async buildSpec(tx, deps, job, openItems): Promise<TrainingSpec> {
    const styleId = styleOf(job);
    const { samples } = readTrainingRequest(job.request);
    // Unchanged since the submit: a set in training cannot be edited.
    const style = await tx.style.findUniqueOrThrow({ where: { id: styleId }, include: { artworks: { orderBy: { ordinal: 'asc' } } } });
    return {
      ...(await styleRights(tx, deps, styleId, job.termsVersion ?? style.termsVersion)),
      baseModel: style.baseModel as BaseModel,
      artworks: style.artworks.map(({ key, bytes, sha256, tags }) => ({ key, bytes, sha256, tags })),
      samples,
      resume: await resumeFrom(tx, style.baseModel as BaseModel, job, openItems),
      items: openItems.map(({ id, ordinal }) => ({ itemId: id, ordinal })),
    };
  },

  async itemCompleted(tx, deps, job, item, result): Promise<RaisedEvent[]> {
    await writeCheckpoint(tx, deps, job, item.id, result);
    // Only the newest is gone on from; epochs may be told in another order than they were learned in.
    const newest = await newestCheckpoint(tx, firstJobOf(job));
    await dropStates(tx, { job: jobsOfTraining(firstJobOf(job)), epoch: { lt: newest!.epoch } });
    return styleChanged(job);
  },

  async jobEnded(tx, deps, job): Promise<RaisedEvent[]> {
    if (job.state === 'completed') await dropStates(tx, { job: jobsOfTraining(firstJobOf(job)) });
    return [...styleChanged(job), ...(await tellTrainingEnd(tx, deps, job, job.state as JobState))];
  },
};

/** The newest epoch before the first that is open: delivered by an attempt before, or by the training that this one goes on with (R15). */
async function resumeFrom(tx: Tx, baseModel: BaseModel, job: Job, openItems: readonly JobItem[]): Promise<TrainingSpec['resume']> {
  if (!BASE_MODEL_FEATURES[baseModel].resumes) return null;
  const from = await newestCheckpoint(tx, firstJobOf(job), Math.min(...openItems.map(({ ordinal }) => ordinal)) + 1);
  if (from === null) return null;
  return { epoch: from.epoch, weights: { key: from.weightsKey, bytes: from.weightsBytes, sha256: from.weightsSha256 }, state: checkpointState(from) };
}

/** A checkpoint is its item: it has the item's id, so that a second delivery finds it there. */
async function writeCheckpoint(tx: Tx, deps: Deps, job: Job, id: string, { weights, epoch, loss, samples, state }: TrainingItemResult): Promise<void> {
  await tx.checkpoint.createMany({
    data: {
      id, styleId: styleOf(job), jobId: job.id, epoch, loss, samples, state,
      weightsKey: weights.key, weightsSha256: weights.sha256, weightsBytes: weights.bytes, createdAt: deps.clock.now(),
    },
    skipDuplicates: true,
  });
}

function styleOf(job: Pick<Job, 'id' | 'styleId'>): string {
  if (job.styleId === null) throw new Error(`training ${job.id} has lost its style`);
  return job.styleId;
}

const styleChanged = ({ ownerId, styleId }: Pick<Job, 'ownerId' | 'styleId'>): RaisedEvent[] =>
  ownerId === null || styleId === null ? [] : [{ userId: ownerId, event: { type: 'style', styleId } }];
