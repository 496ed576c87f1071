/** What a training is, where jobs leave off: its spec, its checkpoint, and whom to tell how it ended. */
import { type BaseModel, type JobState } from '@style-license/shared';
import type { TrainingItemResult, TrainingSpec } from '@style-license/shared/server';
import type { Job } from '@style-license/db';
import type { Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import type { RaisedEvent } from '../../platform/events.ts';
import type { JobHooks } from '../jobs/index.ts';
import { styleRights } from './style-rights.ts';
import { tellTrainingEnd } from './tell-training-end.ts';
import { readTrainingRequest } from './training-request.ts';

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
      items: openItems.map(({ id, ordinal }) => ({ itemId: id, ordinal })),
    };
  },

  async itemCompleted(tx, deps, job, item, result): Promise<RaisedEvent[]> {
    await writeCheckpoint(tx, deps, job, item.id, result);
    return styleChanged(job);
  },

  async jobEnded(tx, deps, job): Promise<RaisedEvent[]> {
    return [...styleChanged(job), ...(await tellTrainingEnd(tx, deps, job, job.state as JobState))];
  },
};

/** A checkpoint is its item: it has the item's id, so that a second delivery finds it there. */
async function writeCheckpoint(tx: Tx, deps: Deps, job: Job, id: string, { weights, epoch, loss, samples }: TrainingItemResult): Promise<void> {
  await tx.checkpoint.createMany({
    data: {
      id, styleId: styleOf(job), jobId: job.id, epoch, loss, samples,
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
