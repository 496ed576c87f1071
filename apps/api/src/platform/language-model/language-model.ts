/** The port to a language model: a prompt in, text and its usage out, or one of a closed set of failures. */

export interface ModelMessage { role: 'system' | 'user' | 'assistant'; content: string }
export interface ModelPrompt {
  messages: readonly ModelMessage[];
  /** The most it may answer; with the input's estimate it is what a call can cost. */
  maxOutputTokens: number;
}
export interface ModelAnswer {
  text: string;
  /** Input and output by the model's own account; null when it gave none. */
  tokens: number | null;
}

export const FAILURE_REASONS = [
  'timeout', 'network', 'rate_limited', 'server_error',
  /** Key or address are not accepted: for whoever runs this. */
  'not_configured',
  'model_refused', 'cut_off', 'bad_answer',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

export class ModelFailure extends Error {
  readonly reason: FailureReason;
  /** What the model used all the same, where it said so. */
  readonly tokens: number | null;
  constructor(reason: FailureReason, details: { tokens?: number | null; cause?: unknown } = {}) {
    super(reason, details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'ModelFailure';
    this.reason = reason;
    this.tokens = details.tokens ?? null;
  }
}

export interface LanguageModel {
  readonly name: string;
  /** No call takes longer. */
  readonly timeoutMs: number;
  /** @throws ModelFailure */
  ask(prompt: ModelPrompt): Promise<ModelAnswer>;
}

/** Roles and separators of a chat template. */
const TOKENS_PER_MESSAGE = 8;
const ASCII_CHARS_PER_TOKEN = 3;
/** Hangul and the like: the tokenizers in use today need one or two a character. */
const TOKENS_PER_OTHER_CHAR = 2;

/** More than any tokenizer in use needs for ordinary text: what a call's input may cost at most. */
export function estimateTokens(messages: readonly ModelMessage[]): number {
  let tokens = 0;
  for (const { content } of messages) {
    const other = content.replaceAll(/[\u0000-\u007f]/g, '').length;
    tokens += TOKENS_PER_MESSAGE + Math.ceil((content.length - other) / ASCII_CHARS_PER_TOKEN) + other * TOKENS_PER_OTHER_CHAR;
  }
  return tokens;
}
