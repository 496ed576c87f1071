import { generated, requestGeneration } from '../client/steps.ts';
import type { EngineRun } from './engine-witness.ts';
import type { Scene } from './scene.ts';

/** Share of the time in which an engine was at work, from the first to the last of a backlog. */
export async function measureBacklog(scene: Scene, runs: () => Promise<EngineRun[]>, jobs: number): Promise<number> {
  const buyer = await scene.newBuyer();
  const before = (await runs()).length;
  const ids: string[] = [];
  for (let n = 0; n < jobs; n += 1) ids.push((await requestGeneration(buyer, { styleId: scene.styleId, tags: ['rounds'], ratio: '1:1', seed: 3_000 + n, count: 4 })).job.id);
  for (const id of ids) await generated(buyer, id, 300_000);
  const ran = (await runs()).slice(before).toSorted((a, b) => a.startedAtMs - b.startedAtMs);
  const busyMs = ran.reduce((sum, { startedAtMs, endedAtMs }) => sum + endedAtMs - startedAtMs, 0);
  return busyMs / (ran.at(-1)!.endedAtMs - ran[0]!.startedAtMs);
}
