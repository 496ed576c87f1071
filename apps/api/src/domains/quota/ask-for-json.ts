import { CodedError } from '@style-license/shared';
import type * as z from 'zod';
import type { Deps } from '../../platform/deps.ts';
import { ModelFailure, type LanguageModel, type ModelMessage } from '../../platform/language-model/index.ts';
import { askWithinQuota, type QuotaAsker } from './ask-within-quota.ts';

/** A wrong answer is shown to the model again up to here; more would only cost. */
const SHOWN_CHARS = 600;

/**
 * Asks for JSON of a given shape. An answer that is none is sent back once to be mended, as a call of its own.
 * @throws QUOTA_EXCEEDED (before the first call), ModelFailure
 */
export async function askForJson<T extends z.ZodType>(
  deps: Deps, model: LanguageModel, asker: QuotaAsker,
  request: { messages: readonly ModelMessage[]; maxOutputTokens: number; schema: T; shape: string },
): Promise<z.output<T>> {
  const { maxOutputTokens, schema, shape } = request;
  let wrong = '';
  const read = (text: string): z.output<T> => {
    wrong = text;
    return parseJson(text, schema);
  };
  try {
    return await askWithinQuota(deps, model, asker, { messages: request.messages, maxOutputTokens }, read);
  } catch (error) {
    if (!(error instanceof ModelFailure) || error.reason !== 'bad_answer' || wrong === '') throw error;
    const mend: ModelMessage[] = [
      ...request.messages,
      { role: 'assistant', content: wrong.slice(0, SHOWN_CHARS) },
      { role: 'user', content: `That was not the JSON asked for. Answer with nothing but one JSON object of this shape: ${shape}` },
    ];
    return await askWithinQuota(deps, model, asker, { messages: mend, maxOutputTokens }, read).catch((again: unknown) => {
      // Too little left to have it mended: then it stays the wrong answer that it was.
      throw again instanceof CodedError && again.code === 'QUOTA_EXCEEDED' ? error : again;
    });
  }
}

/** The JSON object in an answer, whatever stands around it: a fence, a preface, a model's thoughts. @throws ModelFailure bad_answer */
export function parseJson<T extends z.ZodType>(text: string, schema: T): z.output<T> {
  const said = text.replaceAll(/<think>[\s\S]*?<\/think>/g, '');
  const [from, to] = [said.indexOf('{'), said.lastIndexOf('}')];
  if (from < 0 || to < from) throw new ModelFailure('bad_answer');
  let value: unknown;
  try {
    value = JSON.parse(said.slice(from, to + 1));
  } catch (error) {
    throw new ModelFailure('bad_answer', { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new ModelFailure('bad_answer', { cause: parsed.error });
  return parsed.data;
}
