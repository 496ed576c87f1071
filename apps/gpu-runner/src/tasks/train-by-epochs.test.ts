/** A training by epochs on a real runner with the fake trainer: what is delivered, when, and where the next attempt goes on. */
import { rmSync, writeFileSync } from 'node:fs';
import { waitFor } from '@style-license/testkit';
import { describe, expect, it } from 'vitest';
import type { SentJob } from '../testing/harness.ts';
import { useHarness } from '../testing/harness.ts';

const harness = useHarness();
const epochsOf = async (job: SentJob): Promise<number[]> =>
  (await harness.itemMessages(job)).flatMap(({ item }) => (item.kind === 'training' ? [item.result.epoch] : [])).toSorted((a, b) => a - b);

describe('a training by epochs', () => {
  it('delivers each epoch with its weights, its state and its samples, while the next is learned', async () => {
    await harness.startRunner();
    const spec = await harness.epochsSpec({ mode: 'gate-last' });
    const job = await harness.train(spec);
    await waitFor('all but the last epoch to be delivered', async () => (await epochsOf(job)).length === 3, { timeoutMs: 15_000 });
    expect(await epochsOf(job)).toEqual([1, 2, 3]);
    expect(await harness.finishes(job)).toEqual([]);
    writeFileSync(harness.gate, '');
    const end = await harness.finished(job);
    rmSync(harness.gate);
    expect(end.reason).toBe('ok');
    expect(end.items.map(({ itemId }) => itemId)).toEqual(spec.items.map(({ itemId }) => itemId));
    const results = end.items.map((item) => (item.kind === 'training' ? item.result : null)!);
    expect(results.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    for (const { epoch, weights, state, samples, loss } of results) {
      expect(weights.key).toBe(`jobs/${job.jobId}/1/epoch-00${epoch}/weights.safetensors`);
      expect((await harness.store.head(weights.key))?.bytes).toBe(weights.bytes);
      expect(state).toMatchObject([{ name: 'optimizer.bin', key: `jobs/${job.jobId}/1/epoch-00${epoch}/state/optimizer.bin` }]);
      expect((await harness.store.head(state[0]!.key))?.bytes).toBe(state[0]!.bytes);
      expect(loss).toBeGreaterThan(0);
      expect(samples.map(({ ordinal, prompt, seed, ratio }) => [ordinal, prompt, seed, ratio])).toEqual([[0, 'sea', 1, '1:1'], [1, 'sky', 2, '1:2']]);
      for (const { feed } of samples) expect((await harness.store.head(feed.key))?.bytes).toBe(feed.bytes);
    }
    // Samples differ from epoch to epoch in nothing but what was learned.
    expect(new Set(results.map(({ samples }) => samples[0]!.original.sha256)).size).toBe(4);
  });

  it('keeps what it delivered when the trainer dies, and goes on after it in the next attempt', async () => {
    await harness.startRunner();
    const spec = await harness.epochsSpec({ mode: 'half' });
    const first = await harness.train(spec);
    const died = await harness.finished(first);
    expect(died.reason).toBe('crashed');
    const results = died.items.map((item) => (item.kind === 'training' ? item.result : null)!);
    expect(results.map(({ epoch }) => epoch)).toEqual([1, 2]);
    const { weights, state } = results[1]!;
    const again = await harness.train({ ...spec, items: spec.items.slice(2), resume: { epoch: 2, weights, state } });
    const end = await harness.finished(again);
    expect(end.reason).toBe('ok');
    expect(end.items.map(({ itemId }) => itemId)).toEqual(spec.items.slice(2).map(({ itemId }) => itemId));
    expect(harness.engineStarts().map(({ resumed }) => resumed)).toEqual([0, 2]);
  });

  it('learns an epoch again that could not be delivered, and delivers only what is open', async () => {
    await harness.startRunner();
    const spec = await harness.epochsSpec();
    const open = [spec.items[1]!, spec.items[3]!];
    const end = await harness.finished(await harness.train({ ...spec, items: open }));
    expect(end.items.map(({ itemId }) => itemId)).toEqual(open.map(({ itemId }) => itemId));
  });

  it('given back in the middle: what was delivered stays', async () => {
    const runner = await harness.startRunner();
    const job = await harness.train(await harness.epochsSpec({ mode: 'gate' }));
    await waitFor('the first epoch', async () => (await epochsOf(job)).length === 1, { timeoutMs: 15_000 });
    await runner.stop(50);
    expect(await harness.finished(job)).toMatchObject({ reason: 'given_back', items: [{ kind: 'training' }] });
  });

  it('a loss that is no number ends it; weights that are none fail it; missing weights are said', async () => {
    await harness.startRunner();
    expect((await harness.finished(await harness.train(await harness.epochsSpec({ mode: 'nan' }))))).toMatchObject({ reason: 'bad_input', items: [{}] });
    expect((await harness.finished(await harness.train(await harness.epochsSpec({ mode: 'broken' }))))).toMatchObject({ reason: 'crashed', items: [] });
    const gone = { key: 'jobs/none/1/epoch-001/weights.safetensors', bytes: 5, sha256: 'a'.repeat(64) };
    expect((await harness.finished(await harness.train(await harness.epochsSpec({ resume: { epoch: 1, weights: gone, state: [] } }))))).toMatchObject({ reason: 'missing_weights', items: [] });
  });

  it('tells how far it is over the whole training', async () => {
    await harness.startRunner();
    const job = await harness.train(await harness.epochsSpec({ mode: 'gate-last' }));
    const row = await waitFor('the progress before the last epoch', async () => {
      const progress = await harness.progress(job);
      return progress && progress['item'] === 2 && progress['step'] === 30 ? progress : null;
    });
    expect(row).toMatchObject({ phase: 'learn', of: 40, items: 4 });
    expect(row['fraction']).toBeGreaterThan(0.6);
    expect(row['fraction']).toBeLessThan(0.8);
    writeFileSync(harness.gate, '');
    await harness.finished(job);
    rmSync(harness.gate);
  });

  it('counts what an attempt before it learned', async () => {
    await harness.startRunner();
    const weights = await harness.put('jobs/before/1/weights.safetensors', Buffer.from('weights of epoch 3'));
    const state = [{ name: 'optimizer.bin', ...(await harness.put('jobs/before/1/state', Buffer.from('state'))) }];
    const job = await harness.train(await harness.epochsSpec({ mode: 'gate-last', epochs: 5, resume: { epoch: 3, weights, state } }));
    const row = await waitFor('the fourth epoch', async () => {
      const progress = await harness.progress(job);
      return progress && progress['item'] === 3 && progress['step'] === 40 ? progress : null;
    });
    expect(row['fraction']).toBeGreaterThan(0.7);
    writeFileSync(harness.gate, '');
    expect((await harness.finished(job)).items).toHaveLength(2);
    rmSync(harness.gate);
  });
});
