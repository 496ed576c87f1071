import { randomUUID } from 'node:crypto';
import { CodedError, type QuotaFeature } from '@style-license/shared';
import type { Deps } from '../../platform/deps.ts';
import { estimateTokens, ModelFailure, type LanguageModel, type ModelPrompt } from '../../platform/language-model/index.ts';
import { monthFor } from './quota-month.ts';
import { reserveSql, settleCallSql } from './quota.sql.ts';

export interface QuotaAsker { userId: string; feature: QuotaFeature }

/** Beyond the model's own time-out: what is still open then belongs to a process that is gone. */
const EXPIRES_AFTER_TIMEOUT_MS = 60_000;

/**
 * Asks a language model on a person's quota: sets aside what the call can cost at most, asks, and settles by what the model says it
 * used. `read` makes something of the answer; when it throws, the call failed and costs nothing.
 * @throws QUOTA_EXCEEDED with figures, and nothing was asked; ModelFailure, and nothing was charged
 */
export async function askWithinQuota<T>(deps: Deps, model: LanguageModel, asker: QuotaAsker, prompt: ModelPrompt, read: (text: string) => T): Promise<T> {
  const { db, env, clock, log } = deps;
  const now = clock.now();
  const callId = randomUUID();
  const need = estimateTokens(prompt.messages) + prompt.maxOutputTokens;
  const month = monthFor(env, asker.userId, now);
  const expiresAt = new Date(now.getTime() + model.timeoutMs + EXPIRES_AFTER_TIMEOUT_MS);
  const row = await reserveSql(db, { ...month, ...asker, callId, model: model.name, tokens: need, now, expiresAt });
  if (!row.ok) {
    throw new CodedError('QUOTA_EXCEEDED', {
      required: need, free: Number(row.allocated - row.used - row.reserved), allocated: Number(row.allocated), used: Number(row.used), reserved: Number(row.reserved), month: month.month,
    });
  }
  const startedAt = performance.now();
  const end = async (outcome: 'ok' | 'failed', reason: string | null, actual: number | null): Promise<void> => {
    const ms = Math.round(performance.now() - startedAt);
    const charged = await settleCallSql(db, { callId, outcome, reason, actual, ms, now: clock.now() });
    if (charged === null) log.warn({ callId, outcome }, 'a call of the language model came back after its reservation had been released');
    log.info({ callId, userId: asker.userId, feature: asker.feature, model: model.name, outcome, reason, reserved: need, actual, charged: charged === null ? null : Number(charged), ms }, 'language model asked');
  };
  let tokens: number | null = null;
  let result: T;
  try {
    const answer = await model.ask(prompt);
    // A server that does not count is taken at our own estimate of what went each way.
    tokens = answer.tokens ?? estimateTokens([...prompt.messages, { role: 'assistant', content: answer.text }]);
    result = read(answer.text);
  } catch (error) {
    const failure = error instanceof ModelFailure ? error : null;
    await end('failed', failure?.reason ?? 'bad_answer', failure?.tokens ?? tokens);
    throw error;
  }
  await end('ok', null, tokens);
  return result;
}
