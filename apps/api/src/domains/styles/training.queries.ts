import { BASE_MODEL_FEATURES, trainingState, type BaseModel, type JobState, type Reason, type TrainingDto } from '@style-license/shared';
import type { Checkpoint, Style } from '@style-license/db';
import type { Reader } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { jobDtos } from '../jobs/index.ts';
import { checkpointSamples } from './checkpoint-samples.ts';
import { trainingPhases } from './training-phases.ts';
import { readTrainingRequest } from './training-request.ts';
import { firstJobOf, resumePoint } from './whole-training.ts';

/** Checkpoints of this and of earlier trainings that the artist may choose from. */
const CHECKPOINTS_MAX = 60;

/** The newest training of a style, with everything its page shows; null before the first. */
export async function trainingOf(db: Reader, deps: Deps, style: Style): Promise<TrainingDto | null> {
  if (style.trainingJobId === null) return null;
  const [[job], row, checkpoints] = await Promise.all([
    jobDtos(db, deps, [style.trainingJobId]),
    db.job.findUniqueOrThrow({ where: { id: style.trainingJobId } }),
    db.checkpoint.findMany({ where: { styleId: style.id }, orderBy: [{ createdAt: 'desc' }, { epoch: 'desc' }], take: CHECKPOINTS_MAX, include: { job: { select: { id: true, parentId: true } } } }),
  ]);
  if (!job) return null;
  const request = readTrainingRequest(row.request);
  const baseModel = style.baseModel as BaseModel;
  return {
    jobId: job.id, styleId: style.id, state: trainingState(job.state satisfies JobState, job.startedAt !== null), reason: job.reason satisfies Reason | null,
    artworkCount: request.artworkCount, baseModel, epochs: BASE_MODEL_FEATURES[baseModel].epochs, epochCount: request.epochs,
    canResume: (await resumePoint(db, style, row)) !== null, job,
    phases: trainingPhases(baseModel, request.artworkCount, request.samples),
    samplePrompts: request.samples.map(({ prompt, seed }) => ({ prompt, seed })),
    // In the order in which they were made; the newest is chosen until the artist chooses otherwise.
    checkpoints: await Promise.all(checkpoints.toReversed().map((checkpoint) => checkpointDto(deps, style, checkpoint, { chosen: checkpoint === checkpoints[0], current: firstJobOf(checkpoint.job) === firstJobOf(row) }))),
  };
}

async function checkpointDto({ store }: Pick<Deps, 'store'>, style: Style, checkpoint: Checkpoint, which: { chosen: boolean; current: boolean }): Promise<TrainingDto['checkpoints'][number]> {
  const { id, epoch, loss, createdAt } = checkpoint;
  const samples = await Promise.all(checkpointSamples(checkpoint).map(async ({ prompt, seed, feed, ratio, dominantColour }) => ({
    prompt, seed, imageUrl: (await store.presignDownload({ key: feed.key })).url, ratio, dominantColour,
  })));
  return { id, epoch, loss, createdAt: createdAt.toISOString(), samples, ...which, published: style.checkpointId === id };
}
