import { createHash, randomUUID } from 'node:crypto';
import { AFFIRMATION_VERSION, CodedError, LIMITS, type trainInput } from '@style-license/shared';
import type { Style } from '@style-license/db';
import type * as z from 'zod';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { findSubmitted, submitJob, type JobHooks } from '../jobs/index.ts';
import { chooseBaseModel } from './choose-base-model.ts';
import { lockOwnStyle, refuseWhileTraining } from './own-style.ts';
import { samplePrompts } from './sample-prompts.ts';
import { checkTitle } from './style-rules.ts';
import { trainingsTodaySql } from './styles.sql.ts';
import { writeTrainingRequest } from './training-request.ts';

type TrainStyle = z.output<typeof trainInput>;

/** Sets of about the same size take about the same time. */
const SIZE_STEP = 10;

/**
 * Sends a style's artworks into training: free, one at a time, three a day. Also after a failure or a stop: nothing has to be
 * uploaded again. The same job id again changes nothing.
 * @throws RIGHTS_NOT_AFFIRMED, TERMS_OUTDATED, NOT_FOUND, STYLE_NOT_AVAILABLE, TOO_FEW_ARTWORKS, TRAINING_RUNNING, TRAINING_LIMIT_REACHED
 */
export async function trainStyle(deps: Deps, hooks: Pick<JobHooks, 'training'>, artistId: string, input: TrainStyle): Promise<void> {
  if (!input.affirmed) throw new CodedError('RIGHTS_NOT_AFFIRMED', { field: 'affirmed' });
  const requestHash = createHash('sha256').update(JSON.stringify([input.styleId, input.affirmationVersion])).digest('hex');
  await transaction(deps.db, async (tx) => {
    if (await findSubmitted(tx, { jobId: input.jobId, ownerId: artistId, requestHash })) return;
    if (input.affirmationVersion !== AFFIRMATION_VERSION) throw new CodedError('TERMS_OUTDATED', { version: AFFIRMATION_VERSION });
    const style = await lockOwnStyle(tx, artistId, input.styleId);
    await assertTrainable(tx, deps, style);
    const artworks = await tx.artwork.findMany({ where: { styleId: style.id }, orderBy: { ordinal: 'asc' }, select: { tags: true } });
    if (artworks.length < LIMITS.artworksMin) throw new CodedError('TOO_FEW_ARTWORKS', { min: LIMITS.artworksMin, count: artworks.length });
    await submitJob(tx, deps, hooks.training, {
      jobId: input.jobId, kind: 'training', baseModel: await chooseBaseModel(tx, style, deps.clock.now()), ownerId: artistId, funding: 'free', styleId: style.id,
      termsVersion: style.termsVersion, requestHash,
      request: writeTrainingRequest({
        affirmationVersion: input.affirmationVersion, artworkCount: artworks.length,
        samples: samplePrompts(artworks.map(({ tags }) => tags), checkTitle(style.title).tag),
      }),
      size: `${Math.ceil(artworks.length / SIZE_STEP) * SIZE_STEP} artworks`,
      items: [{ itemId: randomUUID(), ordinal: 0, payeeUserId: null, priceTokens: 0, licenceId: null }],
      async writeOwnRows() {
        const now = deps.clock.now();
        // What was affirmed is kept with the version of its wording; the first affirmation of a version stands.
        const affirmed = style.affirmedVersion === input.affirmationVersion ? {} : { affirmedVersion: input.affirmationVersion, affirmedAt: now };
        await tx.style.update({ where: { id: style.id }, data: { trainingJobId: input.jobId, ...affirmed } });
      },
      events: [{ userId: artistId, event: { type: 'style', styleId: style.id } }],
    });
  });
}

async function assertTrainable(tx: Tx, deps: Deps, style: Style): Promise<void> {
  if (style.state === 'suspended' || style.state === 'deactivated') throw new CodedError('STYLE_NOT_AVAILABLE', { state: style.state });
  await refuseWhileTraining(tx, style);
  const today = await trainingsTodaySql(tx, style.id, deps.env.TIME_ZONE, deps.clock.now());
  if (today >= LIMITS.trainingsPerDay) throw new CodedError('TRAINING_LIMIT_REACHED', { limit: LIMITS.trainingsPerDay });
}
