/** What this runner can do at the moment: an engine that is not there is not offered, so that the page can say so. */
import { ENGINE_QUEUES } from '@style-license/shared/server';
import type { Presence } from './database/presence.ts';
import type { Engine } from './engines/engine.ts';
import type { GpuWatch } from './gpu/gpu-watch.ts';
import type { Warmth } from './warm-first.ts';

export interface Offer extends Warmth {
  queues: () => string[];
  engines: () => Presence['engines'];
  refresh: () => Promise<void>;
}

/** `needsGpu`: engines for GPUs are offered only where there is one. */
export async function openOffer(all: readonly Engine[], watch: Pick<GpuWatch, 'lost' | 'gpus' | 'none'>, needsGpu: boolean): Promise<Offer> {
  let engines: Presence['engines'] = [];
  let queues: string[] = [];
  /** The engine that serves a queue. */
  let serving = new Map<string, Engine>();
  const whyNot = async (engine: Engine): Promise<string | null> => {
    const missing = await engine.missing();
    return missing ?? (engine.usesGpu && needsGpu && watch.gpus.length === 0 ? `no GPU: ${watch.none}` : null);
  };
  const refresh = async (): Promise<void> => {
    const found = await Promise.all(all.map(async (engine) => ({ engine, missing: await whyNot(engine) })));
    engines = found.map(({ engine, missing }) => ({ name: engine.name, baseModel: engine.baseModel, missing }));
    const there = found.flatMap(({ engine, missing }) => (missing === null ? [engine] : []));
    serving = new Map(ENGINE_QUEUES.flatMap(({ name, kind, baseModel }) => {
      const engine = there.find((candidate) => candidate.baseModel === baseModel && candidate.kinds.includes(kind));
      return engine === undefined ? [] : [[name, engine]];
    }));
    queues = watch.lost === null ? [...serving.keys()] : [];
  };
  await refresh();
  return {
    queues: () => queues, engines: () => engines, refresh,
    isWarm: (queue) => serving.get(queue)?.isWarmOn(null) ?? false,
    loads: (queue) => serving.get(queue)?.usesGpu ?? false,
  };
}
