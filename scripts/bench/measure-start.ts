import { setTimeout as delay } from 'node:timers/promises';
import { generated, requestGeneration } from '../client/steps.ts';
import type { EngineRun } from './engine-witness.ts';
import type { Scene } from './scene.ts';

/** Nothing of the job before is left at work. */
const IDLE_MS = 700;

export interface JobTimes {
  /** Until the request was answered. */
  answerMs: number;
  /** From sending the request to the engine's process being there. */
  engineStartMs: number;
  /** What the engine took, from its process being there to its end. */
  engineMs: number;
  /** From sending the request to the job being told as completed, as seen by a client that asks every 20 ms. */
  totalMs: number;
}

/** One image at a time on an idle system. */
export async function measureStart(scene: Scene, runs: () => Promise<EngineRun[]>, jobs: number): Promise<JobTimes[]> {
  const buyer = await scene.newBuyer();
  const times: JobTimes[] = [];
  for (let n = 0; n < jobs; n += 1) {
    await delay(IDLE_MS);
    const before = (await runs()).length;
    const sentAt = Date.now();
    const { job } = await requestGeneration(buyer, { styleId: scene.styleId, tags: ['rounds'], ratio: '1:1', seed: n, count: 1 });
    const answerMs = Date.now() - sentAt;
    const ended = await generated(buyer, job.id, 120_000, 20);
    const totalMs = Date.now() - sentAt;
    if (ended.job.state !== 'completed') throw new Error(`A job of the bench ended ${ended.job.state}.`);
    const run = (await runs())[before]!;
    times.push({ answerMs, engineStartMs: run.startedAtMs - sentAt, engineMs: run.endedAtMs - run.startedAtMs, totalMs });
  }
  return times;
}
