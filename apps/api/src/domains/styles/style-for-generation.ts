/** What a generation needs of its style, with every reason why it cannot be had now. */
import { CodedError, LIMITS, normaliseTag, type BaseModel } from '@style-license/shared';
import type { Checkpoint } from '@style-license/db';
import type { Tx } from '../../platform/database.ts';
import { styleOnOfferSql, type OfferRow } from './styles.sql.ts';
import { firstJobOf } from './whole-training.ts';

export interface StyleForGeneration {
  styleId: string;
  title: string;
  artistId: string;
  /** Per image, as of now; 0 for a try-out. */
  priceTokens: number;
  termsVersion: number;
  baseModel: BaseModel;
  checkpointId: string;
  forbiddenWords: string[];
  /** The first of the tags asked for that an administrator switched off. */
  tagOff: string | null;
  isTryOut: boolean;
  /** What a runner is told of the style and of its weights. */
  spec: SpecOfStyle;
}
export type SpecOfStyle = Pick<OfferRow, 'style_title' | 'artist_name' | 'username' | 'signature_key' | 'signature_bytes' | 'signature_sha256' | 'base_model' | 'weights_key' | 'weights_sha256' | 'weights_bytes'>;
export interface GenerationAsked {
  styleId: string;
  userId: string;
  /** The artist's own free try of a checkpoint; `count` images are taken from the ten of its training. */
  tryOut: { checkpointId: string; count: number } | null;
  tags?: readonly string[];
}

/**
 * Call it inside the submitting transaction, after `wasSubmitted`.
 * @throws NOT_FOUND, STYLE_NOT_READY (not published yet), STYLE_NOT_AVAILABLE (paused, suspended, deactivated), and for
 * try-outs CHECKPOINT_NOT_FOUND, TRY_OUTS_USED_UP, NOT_FOUND for anybody but the artist
 */
export async function styleForGeneration(tx: Tx, { styleId, userId, tryOut, tags = [] }: GenerationAsked): Promise<StyleForGeneration> {
  const style = await styleOnOfferSql(tx, styleId, tryOut?.checkpointId ?? null, tags);
  if (!style) throw new CodedError('NOT_FOUND');
  if (style.state === 'suspended' || style.state === 'deactivated') throw new CodedError('STYLE_NOT_AVAILABLE', { state: style.state });
  const isTryOut = tryOut !== null;
  if (isTryOut && style.artistId !== userId) throw new CodedError('NOT_FOUND');
  const checkpointId = isTryOut ? await takeTryOuts(tx, styleId, tryOut) : checkpointOnSale(style);
  const { artistId, priceTokens, termsVersion, forbiddenWords, tagOff } = style;
  return {
    styleId, title: style.style_title, artistId, priceTokens: isTryOut ? 0 : priceTokens, termsVersion, baseModel: style.base_model as BaseModel, checkpointId, forbiddenWords, tagOff, isTryOut, spec: style,
  };
}

function checkpointOnSale({ state, checkpointId }: OfferRow): string {
  if (state === 'draft' || checkpointId === null) throw new CodedError('STYLE_NOT_READY');
  if (state === 'paused') throw new CodedError('STYLE_NOT_AVAILABLE', { state });
  return checkpointId;
}

/** Ten free images a training, over all its checkpoints and however often it was stopped, counted under their locks: two tabs cannot take the same one. */
async function takeTryOuts(tx: Tx, styleId: string, { checkpointId, count }: { checkpointId: string; count: number }): Promise<string> {
  const wanted = await tx.checkpoint.findFirst({ where: { id: checkpointId, styleId }, select: { job: { select: { id: true, parentId: true } } } });
  if (!wanted) throw new CodedError('CHECKPOINT_NOT_FOUND');
  const first = firstJobOf(wanted.job);
  const checkpoints = await tx.$queryRaw<Pick<Checkpoint, 'tryOutsUsed'>[]>`
    SELECT c.try_outs_used AS "tryOutsUsed" FROM checkpoints c JOIN jobs j ON j.id = c.job_id
    WHERE j.id = ${first}::uuid OR j.parent_id = ${first}::uuid ORDER BY c.id FOR NO KEY UPDATE OF c`;
  const left = LIMITS.tryOuts - checkpoints.reduce((sum, { tryOutsUsed }) => sum + tryOutsUsed, 0);
  if (count > left) throw new CodedError('TRY_OUTS_USED_UP', { left, max: LIMITS.tryOuts });
  await tx.checkpoint.update({ where: { id: checkpointId }, data: { tryOutsUsed: { increment: count } } });
  return checkpointId;
}

/** Try-outs that were not made count again. */
export async function returnTryOuts(tx: Tx, checkpointId: string, count: number): Promise<void> {
  await tx.$executeRaw`UPDATE checkpoints SET try_outs_used = greatest(0, try_outs_used - ${count}::int) WHERE id = ${checkpointId}::uuid`;
}

/** @throws FORBIDDEN_WORD (the artist's list), TAG_OFF (the administrators') */
export function assertPromptAllowed(style: Pick<StyleForGeneration, 'forbiddenWords' | 'tagOff'>, prompt: { tags: readonly string[]; description: string }): void {
  const texts = [...prompt.tags, prompt.description].map(normaliseTag);
  const word = style.forbiddenWords.find((forbidden) => texts.some((text) => containsWord(text, forbidden)));
  if (word !== undefined) throw new CodedError('FORBIDDEN_WORD', { field: 'tags', word });
  if (style.tagOff !== null) throw new CodedError('TAG_OFF', { field: 'tags', tag: style.tagOff });
}

/** Whole words, also in the plural, in scripts that part their words; anywhere in others, where particles cling to the word (고양이가). */
export function containsWord(text: string, word: string): boolean {
  if (!/^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}]/u.test(word)) return text.includes(word);
  const escaped = word.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<![\p{L}\p{N}])${escaped}(?:s|es)?(?![\p{L}\p{N}])`, 'u').test(text);
}
