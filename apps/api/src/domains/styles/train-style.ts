import { createHash, randomUUID } from 'node:crypto';
import { AFFIRMATION_VERSION, BASE_MODEL_FEATURES, CodedError, LIMITS, type BaseModel, type trainInput } from '@style-license/shared';
import type { Style } from '@style-license/db';
import type * as z from 'zod';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { submitJob, wasSubmitted, type JobHooks } from '../jobs/index.ts';
import { chooseBaseModel } from './choose-base-model.ts';
import { lockOwnStyle, refuseWhileTraining } from './own-style.ts';
import { samplePrompts } from './sample-prompts.ts';
import { checkTitle } from './style-rules.ts';
import { trainedByNewJob, trainingsTodaySql } from './styles.sql.ts';
import { dropStates } from './drop-states.ts';
import { readTrainingRequest, setHashOf, writeTrainingRequest, type TrainingRequest } from './training-request.ts';
import { firstJobOf, jobsOfTraining, resumePoint } from './whole-training.ts';

type TrainStyle = z.output<typeof trainInput>;

/** Sets of about the same size take about the same time. */
const SIZE_STEP = 10;

/**
 * Sends a style's artworks into training: free, one at a time, three a day. Also after a failure or a stop: nothing has to be
 * uploaded again, and with `resume` it goes on after its newest epoch, with the same prompts. The same job id again changes nothing.
 * @throws RIGHTS_NOT_AFFIRMED, TERMS_OUTDATED, NOT_FOUND, STYLE_NOT_AVAILABLE, TOO_FEW_ARTWORKS, TRAINING_RUNNING,
 * TRAINING_LIMIT_REACHED, TRAINING_NOT_RESUMABLE
 */
export async function trainStyle(deps: Deps, hooks: Pick<JobHooks, 'training'>, artistId: string, input: TrainStyle): Promise<void> {
  if (!input.affirmed) throw new CodedError('RIGHTS_NOT_AFFIRMED', { field: 'affirmed' });
  const resume = input.resume ?? false;
  const requestHash = createHash('sha256').update(JSON.stringify([input.styleId, input.affirmationVersion, ...(resume ? ['resume'] : [])])).digest('hex');
  await transaction(deps.db, async (tx) => {
    if (await wasSubmitted(tx, { jobId: input.jobId, ownerId: artistId, requestHash })) return;
    if (input.affirmationVersion !== AFFIRMATION_VERSION) throw new CodedError('TERMS_OUTDATED', { version: AFFIRMATION_VERSION });
    const style = await lockOwnStyle(tx, artistId, input.styleId);
    if (style.state === 'suspended' || style.state === 'deactivated') throw new CodedError('STYLE_NOT_AVAILABLE', { state: style.state });
    await refuseWhileTraining(tx, style);
    const plan = resume ? await planRest(tx, style) : await planWhole(tx, deps, style, input.affirmationVersion);
    await submitJob(tx, deps, hooks.training, {
      jobId: input.jobId, kind: 'training', baseModel: plan.baseModel, ownerId: artistId, funding: 'free', styleId: style.id, parentId: plan.firstJobId,
      termsVersion: style.termsVersion, requestHash,
      request: writeTrainingRequest(plan.request),
      size: `${Math.ceil(plan.request.artworkCount / SIZE_STEP) * SIZE_STEP} artworks`,
      items: plan.ordinals.map((ordinal) => ({ itemId: randomUUID(), ordinal, payeeUserId: null, priceTokens: 0, licenceId: null })),
      ownRows: trainedByNewJob(style.id, input.affirmationVersion),
      events: [{ userId: artistId, event: { type: 'style', styleId: style.id } }],
    });
  });
}

interface Plan {
  baseModel: BaseModel;
  request: TrainingRequest;
  /** The training that it goes on with; null for a new one. */
  firstJobId: string | null;
  /** One item an epoch that is still to be learned: its epoch − 1. */
  ordinals: number[];
}

async function planWhole(tx: Tx, deps: Deps, style: Style, affirmationVersion: number): Promise<Plan> {
  const now = deps.clock.now();
  if ((await trainingsTodaySql(tx, style.id, deps.env.TIME_ZONE, now)) >= LIMITS.trainingsPerDay) throw new CodedError('TRAINING_LIMIT_REACHED', { limit: LIMITS.trainingsPerDay });
  const artworks = await tx.artwork.findMany({ where: { styleId: style.id }, orderBy: { ordinal: 'asc' }, select: { sha256: true, tags: true } });
  if (artworks.length < LIMITS.artworksMin) throw new CodedError('TOO_FEW_ARTWORKS', { min: LIMITS.artworksMin, count: artworks.length });
  const baseModel = await chooseBaseModel(tx, style, now);
  const epochs = BASE_MODEL_FEATURES[baseModel].epochs ? deps.env.TRAINING_EPOCHS : 1;
  // It cannot be gone back to: what its trainer kept for that goes.
  if (style.trainingJobId !== null) await dropStates(tx, { job: jobsOfTraining(firstJobOf(await tx.job.findUniqueOrThrow({ where: { id: style.trainingJobId } }))) });
  return {
    baseModel, firstJobId: null, ordinals: Array.from({ length: epochs }, (_, ordinal) => ordinal),
    request: { affirmationVersion, artworkCount: artworks.length, epochs, setHash: setHashOf(artworks), samples: samplePrompts(artworks.map(({ tags }) => tags), checkTitle(style.title).tag) },
  };
}

/** What a training that ended early has still to learn; with the same set, the same prompts and seeds. */
async function planRest(tx: Tx, style: Style): Promise<Plan> {
  const job = style.trainingJobId === null ? null : await tx.job.findUniqueOrThrow({ where: { id: style.trainingJobId } });
  const from = job === null ? null : await resumePoint(tx, style, job);
  if (job === null || from === null) throw new CodedError('TRAINING_NOT_RESUMABLE');
  const request = readTrainingRequest(job.request);
  const ordinals = Array.from({ length: request.epochs }, (_, ordinal) => ordinal).slice(from.epoch);
  return { baseModel: style.baseModel as BaseModel, request, firstJobId: firstJobOf(job), ordinals };
}
