import { randomUUID } from 'node:crypto';
import { listAll } from '@style-license/object-store';
import { describe, expect, it } from 'vitest';
import { useTestApi } from '../../testing/api.ts';
import { useStudio } from '../styles/testing/studio.ts';
import { createOrphanSweep } from './sweep-orphans.ts';

const api = useTestApi();
const studio = useStudio(api);
const DAY_MS = 86_400_000;
const keys = async (): Promise<string[]> => {
  const all: string[] = [];
  for await (const { key } of listAll(api.deps.store, '')) all.push(key);
  return all;
};
const put = (key: string) => api.deps.store.put(key, Buffer.from('x'), { contentType: 'image/png' });

describe('orphaned objects', () => {
  it('go when no row names them and nothing can still name them; all others stay', async () => {
    const { styleId, artist } = await studio.published();
    const waiting = await studio.train(artist, styleId);
    const { jobId: trained } = await api.db.checkpoint.findFirstOrThrow({ where: { styleId } });
    const kept = await keys();
    const orphans = [`jobs/${trained}/1/left-over.png`, `jobs/${trained}/7/weights.safetensors`, `jobs/${randomUUID()}/1/x.png`, `styles/${styleId}/artworks/${randomUUID()}.png`, `styles/${randomUUID()}/artworks/${randomUUID()}.png`];
    const others = [`jobs/${waiting}/1/on-its-way.png`, 'jobs/readme', `incoming/${randomUUID()}`];
    for (const key of [...orphans, ...others]) await put(key);

    const sweep = createOrphanSweep(api.deps);
    expect(await sweep()).toBe(0); // all too young
    api.clock.advance(3 * DAY_MS);
    expect(await sweep()).toBe(orphans.length);
    expect((await keys()).toSorted()).toEqual([...kept, ...others].toSorted());
    expect(await sweep()).toBe(0);
    await studio.runTraining(waiting);
    expect(await sweep()).toBe(1);
    api.clock.set(new Date());
  });
});
