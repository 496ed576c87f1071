/** The runner with the built-in engine itself, nothing faked: a style is trained and makes new pictures. */
import { STYLE_ENGINE_CLI } from '@style-license/style-engine';
import { readObject } from '@style-license/object-store';
import { noiseImage } from '@style-license/testkit';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { useHarness } from './testing/harness.ts';

const harness = useHarness();
const ARTWORKS = 10;
/** Seconds on an idle machine; a busy one may take its time. */
const PATIENCE_MS = 110_000;

describe('the built-in engine behind the runner', () => {
  it('trains a style and makes signed pictures that differ by seed', { timeout: 240_000 }, async () => {
    await harness.startRunner({ STYLE_ENGINE: STYLE_ENGINE_CLI, RUNNER_THREADS: '2' });
    const spec = await harness.trainingSpec();
    spec.artworks = [];
    for (let i = 0; i < ARTWORKS; i++) {
      spec.artworks.push({ ...(await harness.put(`artworks/real-${i}.png`, await noiseImage({ width: 512, height: 512, seed: i + 1 }))), tags: i % 2 ? ['sea'] : ['sky'] });
    }
    spec.samples = spec.samples.slice(0, 1);
    const training = await harness.finished(await harness.train(spec, { maxRuntimeMs: PATIENCE_MS }), PATIENCE_MS);
    expect(training.reason, training.log).toBe('ok');
    const [item] = training.items;
    if (item?.kind !== 'training') throw new Error('a training reports a training');
    expect(item.result.loss).toBeGreaterThan(0);
    expect(item.result.samples).toHaveLength(1);

    const job = await harness.generate(await harness.generationSpec({ weights: item.result.weights, tags: ['sea', 'spaceship'], count: 2 }), { maxRuntimeMs: PATIENCE_MS });
    const generation = await harness.finished(job, PATIENCE_MS);
    expect(generation.reason, generation.log).toBe('ok');
    const pictures: Buffer[] = [];
    for (const report of generation.items) {
      if (report.kind !== 'generation') throw new Error('a generation reports generations');
      expect(report.result).toMatchObject({ matched: ['sea'], unmatched: ['spaceship'], width: 512, height: 512 });
      expect(report.result.sources.length).toBeGreaterThan(0);
      pictures.push(await sharp(await readObject(harness.store, report.result.original.key, 10_000_000)).raw().toBuffer());
    }
    const [first, second] = pictures as [Buffer, Buffer];
    expect(first.length).toBe(second.length);
    expect(first.reduce((sum, value, i) => sum + Math.abs(value - second[i]!), 0) / first.length).toBeGreaterThan(5);
  });
});
