/** The prompt assistant: free text, Korean or English, to English tags. */
import * as z from 'zod';
import { uuid } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import { quotaDto } from './quota.ts';

export const assistInput = z.object({
  styleId: uuid,
  text: z.string().trim().min(1).max(LIMITS.promptTextMaxChars),
  /** `dictionary`: the built-in one, although a language model is set; it costs no quota. */
  by: z.enum(['best', 'dictionary']).default('best'),
});
export const MODEL_FAILURES = ['timeout', 'network', 'rate_limited', 'server_error', 'not_configured', 'model_refused', 'cut_off', 'bad_answer'] as const;
export const assistantDto = z.object({
  by: z.enum(['model', 'dictionary']),
  /** The model's name when it answered. */
  model: z.string().nullable(),
  /** Why the dictionary stood in for the model, or null. */
  modelFailure: z.enum(MODEL_FAILURES).nullable(),
  /** What the style knows first; at most twenty. */
  tags: z.array(z.object({ tag: z.string(), known: z.boolean(), /** The words it comes from; empty where a model does not say. */ said: z.string() })),
  leftOut: z.array(z.object({ word: z.string(), why: z.enum(['negated', 'forbidden', 'off', 'limit']) })),
  /** Words that nobody understood. */
  notUnderstood: z.array(z.string()),
  /** After the call, where one was made. */
  quota: quotaDto.nullable(),
});
export type AssistantDto = z.infer<typeof assistantDto>;

export const MEANINGS_MAX = 200;
export const meaningsInput = z.object({ tags: z.array(z.string().max(LIMITS.tagMaxChars)).max(MEANINGS_MAX) });
/** English tag → what it is called in Korean; those unknown are left out. */
export const meaningsDto = z.object({ meanings: z.record(z.string(), z.string()) });

/** Tags by the beginning of what they are called in Korean. */
export const tagsMeaningInput = z.object({ text: z.string().trim().min(1).max(LIMITS.tagMaxChars), limit: z.int().min(1).max(20).default(6) });
export const tagsMeaningDto = z.object({ items: z.array(z.object({ tag: z.string(), meaning: z.string() })) });
