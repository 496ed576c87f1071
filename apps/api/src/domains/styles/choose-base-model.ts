import { BASE_MODEL_PREFERENCE, type BaseModel } from '@style-license/shared';
import { queueName, RUNNER_ALIVE_MS } from '@style-license/shared/server';
import type { Style } from '@style-license/db';
import type { Tx } from '../../platform/database.ts';

/**
 * The base model of a training, kept with its style. A style with checkpoints keeps the one that they were trained on: weights of
 * one base fit no other. A new one takes the best that live runners can both train and generate with, else the built-in engine.
 */
export async function chooseBaseModel(tx: Tx, style: Pick<Style, 'id' | 'baseModel'>, now: Date): Promise<BaseModel> {
  const current = style.baseModel as BaseModel;
  if ((await tx.checkpoint.count({ where: { styleId: style.id } })) > 0) return current;
  const offered = new Set(await liveQueues(tx, now));
  const best = BASE_MODEL_PREFERENCE.find((base) => offered.has(queueName('training', base)) && offered.has(queueName('generation', base))) ?? 'builtin';
  if (best !== current) await tx.style.update({ where: { id: style.id }, data: { baseModel: best } });
  return best;
}

/** A handful of rows, one a runner. */
async function liveQueues(tx: Tx, now: Date): Promise<string[]> {
  const rows = await tx.$queryRaw<{ queue: string }[]>`SELECT DISTINCT unnest(queues) AS queue FROM runner.presence WHERE seen_at > ${new Date(now.getTime() - RUNNER_ALIVE_MS)}`;
  return rows.map(({ queue }) => queue);
}
