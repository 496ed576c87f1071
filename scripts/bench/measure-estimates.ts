import { setTimeout as delay } from 'node:timers/promises';
import { requestGeneration } from '../client/steps.ts';
import type { Scene } from './scene.ts';

const ASK_EVERY_MS = 200;
const ENDED = ['completed', 'partly_completed', 'failed', 'cancelled'];
/** An error of a third of a second is nobody's concern: shorter waits than this are not judged by percent. */
const SHORTEST_JUDGED_SECONDS = 1;

export interface EstimateErrors {
  /** |said − true| ÷ true, for each time that a page would have shown it. */
  startsIn: number[];
  secondsLeft: number[];
}

/** What people are told while they wait, against what then was: a queue of several jobs, asked about until all have ended. */
export async function measureEstimates(scene: Scene, jobs: number): Promise<EstimateErrors> {
  const buyer = await scene.newBuyer();
  const ids: string[] = [];
  for (let n = 0; n < jobs; n += 1) ids.push((await requestGeneration(buyer, { styleId: scene.styleId, tags: ['rounds'], ratio: n % 3 === 2 ? '1:2' : '1:1', seed: 2_000 + n, count: 1 })).job.id);
  const said: { id: string; at: number; startsIn: number | null; left: number | null }[] = [];
  const truth = new Map<string, { started: number; ended: number }>();
  while (truth.size < ids.length) {
    await delay(ASK_EVERY_MS);
    const at = Date.now();
    for (const id of ids) {
      if (truth.has(id)) continue;
      const { job } = await buyer.api.generations.job.query({ jobId: id });
      if (ENDED.includes(job.state)) truth.set(id, { started: Date.parse(job.startedAt ?? ''), ended: Date.parse(job.endedAt ?? '') });
      else said.push({ id, at, startsIn: job.position === null ? null : job.startsInSeconds, left: job.progress?.secondsLeft ?? null });
    }
  }
  const errors: EstimateErrors = { startsIn: [], secondsLeft: [] };
  for (const { id, at, startsIn, left } of said) {
    const { started, ended } = truth.get(id)!;
    judge(errors.startsIn, startsIn, (started - at) / 1_000);
    judge(errors.secondsLeft, left, (ended - at) / 1_000);
  }
  return errors;
}

function judge(errors: number[], said: number | null, trueSeconds: number): void {
  if (said === null || trueSeconds < SHORTEST_JUDGED_SECONDS) return;
  errors.push(Math.abs(said - trueSeconds) / trueSeconds);
}
