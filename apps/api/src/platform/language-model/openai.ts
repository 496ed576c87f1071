/**
 * Any server that speaks OpenAI's chat completions, through OpenAI's own client. Servers differ in what they accept: what one refuses
 * by name (an answer format, a temperature, the old name of the output limit) is left out from then on.
 */
import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import type { ChatCompletion, ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import { ModelFailure, type LanguageModel, type ModelAnswer, type ModelPrompt } from './language-model.ts';

interface ModelSettings { LLM_BASE_URL?: string | undefined; LLM_API_KEY?: string | undefined; LLM_MODEL?: string | undefined; LLM_TIMEOUT_MS: number }

/** A server that stumbled is asked once more; the time-out holds over both. */
const RETRIES = 1;
/** Servers of one's own ask for no key, the client for something that is not empty. */
const NO_KEY = 'none';

/** Null where no model is set. */
export function openLanguageModel(env: ModelSettings): LanguageModel | null {
  const { LLM_BASE_URL: baseURL, LLM_MODEL: name, LLM_API_KEY: apiKey = NO_KEY, LLM_TIMEOUT_MS: timeoutMs } = env;
  if (baseURL === undefined || name === undefined) return null;
  // What the client would otherwise look for in the environment is said here: env.ts is the only reader of it.
  const client = new OpenAI({ baseURL, apiKey, organization: null, project: null, webhookSecret: null, adminAPIKey: null, maxRetries: RETRIES, timeout: timeoutMs, logLevel: 'off' });
  const dialect = new Dialect();
  return {
    name, timeoutMs,
    async ask(prompt) {
      const signal = AbortSignal.timeout(timeoutMs);
      for (;;) {
        try {
          return readCompletion(await client.chat.completions.create(dialect.request(name, prompt), { signal }));
        } catch (error) {
          if (error instanceof APIError && dialect.learn(error)) continue;
          throw failureOf(error);
        }
      }
    },
  };
}

/** What this server accepts, learnt from its refusals. */
class Dialect {
  #jsonFormat = true;
  #temperature = true;
  #newLimitName = false;

  request(model: string, { messages, maxOutputTokens }: ModelPrompt): ChatCompletionCreateParamsNonStreaming {
    return {
      model, stream: false, messages: messages.map(({ role, content }) => ({ role, content })),
      ...(this.#newLimitName ? { max_completion_tokens: maxOutputTokens } : { max_tokens: maxOutputTokens }),
      ...(this.#temperature ? { temperature: 0 } : {}),
      ...(this.#jsonFormat ? { response_format: { type: 'json_object' as const } } : {}),
    };
  }

  /** True when the refusal named something that can be said otherwise; each is learnt once. */
  learn(error: APIError): boolean {
    if (error.status !== 400 && error.status !== 422) return false;
    const said = `${error.param ?? ''} ${error.message}`;
    if (this.#jsonFormat && said.includes('response_format')) this.#jsonFormat = false;
    else if (!this.#newLimitName && said.includes('max_completion_tokens')) this.#newLimitName = true;
    else if (this.#temperature && said.includes('temperature')) this.#temperature = false;
    else return false;
    return true;
  }
}

/** What came back is not believed to be what the type says: servers of all kinds answer here. */
function readCompletion(completion: Partial<ChatCompletion>): ModelAnswer {
  const total = completion.usage?.total_tokens ?? sum(completion.usage?.prompt_tokens, completion.usage?.completion_tokens);
  const tokens = typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? total : null;
  const choice = Array.isArray(completion.choices) ? completion.choices[0] : undefined;
  if (choice?.message?.refusal) throw new ModelFailure('model_refused', { tokens });
  if (choice?.finish_reason === 'content_filter') throw new ModelFailure('model_refused', { tokens });
  if (choice?.finish_reason === 'length') throw new ModelFailure('cut_off', { tokens });
  const text = choice?.message?.content;
  if (typeof text !== 'string' || text.trim() === '') throw new ModelFailure('bad_answer', { tokens });
  return { text, tokens };
}

const sum = (a: number | undefined, b: number | undefined): number | null => (typeof a === 'number' && typeof b === 'number' ? a + b : null);

function failureOf(error: unknown): ModelFailure {
  if (error instanceof ModelFailure) return error;
  if (error instanceof APIUserAbortError || error instanceof APIConnectionTimeoutError) return new ModelFailure('timeout', { cause: error });
  if (error instanceof APIConnectionError) return new ModelFailure('network', { cause: error });
  if (error instanceof APIError) {
    const status = Number(error.status);
    if (status === 429) return new ModelFailure('rate_limited', { cause: error });
    if (status >= 500 || status === 408 || status === 409) return new ModelFailure('server_error', { cause: error });
    return new ModelFailure('not_configured', { cause: error });
  }
  // A body that is no JSON, a connection that ended in the middle of it.
  return new ModelFailure(error instanceof SyntaxError ? 'bad_answer' : 'network', { cause: error });
}
