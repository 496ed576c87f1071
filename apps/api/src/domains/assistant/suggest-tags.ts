import { LIMITS, normaliseTag, parseTag, type AssistantDto, type TagCountDto } from '@style-license/shared';
import * as z from 'zod';
import { ModelFailure, type LanguageModel } from '../../platform/language-model/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { askForJson, currentQuota } from '../quota/index.ts';
import { styleVocabulary, type StyleVocabulary } from '../styles/index.ts';
import { byLemma, chooseTags } from './choose-tags.ts';
import { understand } from './dictionary/understand.ts';

export interface Asked { styleId: string; text: string; by: 'best' | 'dictionary' }

/** As many of a style's tags as a model is shown; each costs quota. */
const SHOWN_TAGS = 60;
const OUTPUT_TOKENS = 220;
const SHAPE = '{"tags": ["sea", "red sun"], "leftOut": ["words you could not use"]}';
const answerOfModel = z.object({
  // Words of which none can be a tag are no answer.
  tags: z.array(z.string()).max(60).refine((tags) => tags.some((tag) => parseTag(tag) !== null)),
  leftOut: z.array(z.string()).max(60).catch([]).default([]),
});
const LEFT_OUT_MAX = 10;

/**
 * Turns a description into tags. A language model does it where one is set and somebody is signed in whose quota pays; else the
 * built-in dictionary, which also stands in, and says so, when the model fails.
 * @throws NOT_FOUND, QUOTA_EXCEEDED
 */
export async function suggestTags(deps: Deps, userId: string | null, asked: Asked): Promise<AssistantDto> {
  const style = await styleVocabulary(deps.db, { styleId: asked.styleId, userId });
  if (!deps.languageModel || userId === null || asked.by === 'dictionary') return byDictionary(asked.text, style);
  try {
    const answer = await byModel(deps, deps.languageModel, userId, asked.text, style);
    return { ...answer, quota: await currentQuota(deps, userId) };
  } catch (error) {
    if (!(error instanceof ModelFailure)) throw error;
    deps.log.warn({ reason: error.reason, model: deps.languageModel.name }, 'the language model failed; the dictionary stands in');
    return { ...byDictionary(asked.text, style), modelFailure: error.reason, quota: await currentQuota(deps, userId) };
  }
}

function byDictionary(text: string, style: StyleVocabulary): AssistantDto {
  const { finds, unknown } = understand(text, byLemma(style.tags));
  return { by: 'dictionary', model: null, modelFailure: null, ...chooseTags(finds, style), notUnderstood: unknown, quota: null };
}

async function byModel(deps: Deps, model: LanguageModel, userId: string, text: string, style: StyleVocabulary): Promise<AssistantDto> {
  const answer = await askForJson(deps, model, { userId, feature: 'prompt_assistant' }, {
    messages: [
      { role: 'system', content: instructions(style.tags) },
      // As JSON, so that what a person types cannot be taken for instructions as easily.
      { role: 'user', content: JSON.stringify({ description: text }) },
    ],
    maxOutputTokens: OUTPUT_TOKENS, schema: answerOfModel, shape: SHAPE,
  });
  const finds = answer.tags.map((tag) => ({ said: '', english: [normaliseTag(tag)], joined: false, negated: false }));
  const chosen = chooseTags(finds, style);
  const notUnderstood = answer.leftOut.map((word) => word.trim().slice(0, LIMITS.tagMaxChars)).filter((word) => word !== '').slice(0, LEFT_OUT_MAX);
  return { by: 'model', model: model.name, modelFailure: null, ...chosen, notUnderstood, quota: null };
}

const instructions = (tags: readonly TagCountDto[]): string => [
  `You turn a description of a picture, in Korean or English, into at most ${LIMITS.promptTagsMax} English tags: lower case, one to three words each, singular, no sentences.`,
  'Use a tag of the list below wherever one fits; use another word only for what the list lacks. Leave out whatever the description says is not there.',
  `Tags: ${tags.slice(0, SHOWN_TAGS).map(({ tag }) => tag).join(', ')}`,
  `Answer with one JSON object: ${SHAPE}`,
].join('\n');
