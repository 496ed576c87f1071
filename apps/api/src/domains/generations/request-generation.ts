import { createHash, randomInt, randomUUID } from 'node:crypto';
import { CodedError, LIMITS, type requestGenerationInput } from '@style-license/shared';
import type { GenerationSpec } from '@style-license/shared/server';
import type * as z from 'zod';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { submitJob, wasSubmitted, type SubmittedItem } from '../jobs/index.ts';
import { drawLicenceIds, LICENCE_TAKEN } from '../licences/index.ts';
import { assertPromptAllowed, checkTags, styleForGeneration, type StyleForGeneration } from '../styles/index.ts';
import { newGenerations } from './generations.sql.ts';
import { generationSpec } from './generation-hooks.ts';
import { stripHtml } from './strip-html.ts';

type Input = z.output<typeof requestGenerationInput>;
const SEEDS = LIMITS.seedMax + 1;

/**
 * Asks for 1–4 images in a style: rules, job, items, hold and dispatch in one transaction. The same id with the same request
 * is the same job, whatever the rules say by now.
 * @throws NOT_FOUND, STYLE_NOT_AVAILABLE, STYLE_NOT_READY, CONFLICT (the price changed), TAG_INVALID, TAG_OFF, FORBIDDEN_WORD,
 * CHECKPOINT_NOT_FOUND, TRY_OUTS_USED_UP, INSUFFICIENT_TOKENS, REQUEST_REUSED
 */
export async function requestGeneration(deps: Deps, ownerId: string, input: Input): Promise<void> {
  const requestHash = hashOf(input);
  await transaction(deps.db, async (tx) => {
    if (await wasSubmitted(tx, { jobId: input.jobId, ownerId, requestHash })) return;
    const tryOut = input.tryOut ? { checkpointId: input.tryOut.checkpointId, count: input.count } : null;
    const prompt = { tags: checkTags(input.tags), description: stripHtml(input.description) };
    const style = await styleForGeneration(tx, { styleId: input.styleId, userId: ownerId, tryOut, tags: prompt.tags });
    if (!tryOut) refuseChangedPrice(style, input);
    assertPromptAllowed(style, prompt);
    await submit(tx, deps, ownerId, style, { ...input, ...prompt }, requestHash);
  }, { againWhenTaken: LICENCE_TAKEN });
}

function refuseChangedPrice(style: StyleForGeneration, input: Input): void {
  if (input.expectedPriceTokens == null || input.expectedPriceTokens === style.priceTokens) return;
  throw new CodedError('CONFLICT', { field: 'expectedPriceTokens', priceTokens: style.priceTokens });
}

async function submit(tx: Tx, deps: Deps, ownerId: string, style: StyleForGeneration, request: Input, requestHash: string): Promise<void> {
  const firstSeed = request.seed ?? randomInt(SEEDS);
  const licenceIds = drawLicenceIds(request.count);
  const items: SubmittedItem[] = licenceIds.map((licenceId, ordinal) => ({
    itemId: randomUUID(), ordinal, payeeUserId: style.artistId, priceTokens: style.priceTokens, licenceId,
  }));
  const seeds = items.map(({ ordinal }) => (firstSeed + ordinal) % SEEDS);
  const { styleId, termsVersion } = style;
  const { tags, ratio, closeness } = request;
  const buildSpec = async (): Promise<GenerationSpec> => generationSpec(deps, style.spec, {
    styleId, termsVersion, tags, ratio, closeness, items: items.map(({ itemId, ordinal }, n) => ({ itemId, ordinal, seed: seeds[n]!, licenceId: licenceIds[n]! })),
  });
  await submitJob(tx, deps, { buildSpec }, {
    jobId: request.jobId, kind: 'generation', baseModel: style.baseModel, ownerId, funding: style.isTryOut ? 'free' : 'hold', styleId, termsVersion,
    request: { tags, ratio, count: request.count, isTryOut: style.isTryOut, firstSeed }, requestHash, size: ratio, items,
    ownRows: newGenerations({ ...style, ...request, ownerId }, items.map(({ itemId }, n) => ({ id: itemId, licenceId: licenceIds[n]!, seed: seeds[n]! }))),
  });
}

/** What makes two requests the same: everything asked for. The price seen is no part of it. */
const hashOf = ({ styleId, tags, description, ratio, seed, count, closeness, tryOut }: Input): string =>
  createHash('sha256').update(JSON.stringify([styleId, tags, description, ratio, seed ?? null, count, closeness, tryOut?.checkpointId ?? null])).digest('hex');
