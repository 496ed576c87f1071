/** A runner against a real queue, a real store and a real child process: each way in which an attempt can go. */
import { rmSync, writeFileSync } from 'node:fs';
import { CHANNELS } from '@style-license/shared/server';
import { isNewer } from '@style-license/shared';
import { readObject } from '@style-license/object-store';
import { waitFor } from '@style-license/testkit';
import pg from 'pg';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { sha256 } from './artifacts/hash.ts';
import { isAlive, useHarness } from './testing/harness.ts';

const harness = useHarness();

async function stored({ key, bytes, sha256: hash }: { key: string; bytes: number; sha256: string }): Promise<Buffer> {
  const body = await readObject(harness.store, key, 50_000_000);
  expect([body.length, sha256(body)]).toEqual([bytes, hash]);
  return body;
}

describe('a generation', () => {
  it('goes from the queue to stored, signed images, each told as it comes and all at the end', async () => {
    await harness.startRunner();
    const spec = await harness.generationSpec({ count: 3, ratio: '1:2', width: 512, height: 1024 });
    const job = await harness.generate(spec);
    const end = await harness.finished(job);
    expect(end).toMatchObject({ reason: 'ok', jobId: job.jobId, attempt: 1 });
    expect(end.items.map(({ itemId }) => itemId)).toEqual(job.itemIds);
    expect((await harness.itemMessages(job)).map(({ item }) => item)).toEqual(end.items);
    for (const [i, item] of end.items.entries()) {
      if (item.kind !== 'generation') throw new Error('a generation reports generations');
      const { original, feed, thumbnail, width, height, engine, matched, sources } = item.result;
      for (const artifact of [original, feed, thumbnail]) expect(artifact.key.startsWith(`jobs/${job.jobId}/1/${i}/`)).toBe(true);
      const png = await stored(original);
      expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: 512, height: 1024 });
      expect((await sharp(png).metadata()).xmp?.toString()).toContain(spec.items[i]!.licenceId);
      expect((await sharp(await stored(feed)).metadata()).format).toBe('webp');
      expect((await sharp(await stored(thumbnail)).metadata()).width).toBe(256);
      expect({ width, height, engine, matched, sources }).toMatchObject({ width: 512, height: 1024, matched: ['harbour'], sources: [[0, 0.75], [1, 0.25]] });
      expect(engine).toMatch(/^style-engine /);
    }
    expect(await harness.rowState(job)).toBe('completed');
    expect(await harness.scratchIsEmpty()).toBe(true);
  });

  it('makes only what is still open, with the seeds it was given', async () => {
    await harness.startRunner();
    const spec = await harness.generationSpec({ count: 4, firstSeed: 4_294_967_292 });
    spec.items = spec.items.filter(({ ordinal }) => ordinal !== 1);
    const job = await harness.generate(spec);
    expect((await harness.finished(job)).items.map(({ itemId }) => itemId)).toEqual(spec.items.map(({ itemId }) => itemId));
    expect(harness.engineStarts().map(({ seed }) => seed)).toEqual([4_294_967_292, 4_294_967_294]);
  });

  it('delivers what was made before the engine failed', async () => {
    await harness.startRunner();
    const job = await harness.generate(await harness.generationSpec({ count: 3, tags: ['fake partial'] }));
    const end = await harness.finished(job);
    expect(end.reason).toBe('crashed');
    expect(end.items.map(({ itemId }) => itemId)).toEqual(job.itemIds.slice(0, 2));
  });

  it('is not thrown off by noise between the events', async () => {
    await harness.startRunner();
    expect((await harness.finished(await harness.generate(await harness.generationSpec({ tags: ['fake garbage'] })))).reason).toBe('ok');
  });

  it('ends although the engine left a child that holds its pipes', async () => {
    await harness.startRunner();
    expect((await harness.finished(await harness.generate(await harness.generationSpec({ tags: ['fake orphan'] })))).reason).toBe('ok');
  });
});

describe('a training', () => {
  it('stores weights and signed samples and reports one item', async () => {
    await harness.startRunner();
    const job = await harness.train(await harness.trainingSpec());
    const end = await harness.finished(job);
    expect(end.reason).toBe('ok');
    const [item] = end.items;
    if (item?.kind !== 'training') throw new Error('a training reports a training');
    expect(item.itemId).toBe(job.itemIds[0]);
    expect(item.result).toMatchObject({ epoch: 1, loss: 0.0123 });
    await stored(item.result.weights);
    expect(item.result.samples.map(({ ordinal, prompt, seed, ratio }) => [ordinal, prompt, seed, ratio])).toEqual([[0, 'sea', 1, '1:1'], [1, 'sky', 2, '1:2']]);
    for (const { original } of item.result.samples) expect((await sharp(await stored(original)).metadata()).xmp?.toString()).toContain('Ana Reyes');
  });
  it('is not failed by a sample that fails', async () => {
    await harness.startRunner();
    const spec = await harness.trainingSpec();
    spec.samples[0]!.prompt = 'fake oom';
    const end = await harness.finished(await harness.train(spec));
    expect(end.reason).toBe('ok');
    expect(end.items[0]?.kind === 'training' && end.items[0].result.samples.map(({ ordinal }) => ordinal)).toEqual([1]);
  });
  it('fails when what the engine left is no weights', async () => {
    await harness.startRunner();
    expect(await harness.finished(await harness.train(await harness.trainingSpec({ mode: 'broken' })))).toMatchObject({ reason: 'crashed', items: [] });
  });
  it('fails when an artwork is not the one that was accepted', async () => {
    await harness.startRunner();
    const spec = await harness.trainingSpec();
    await harness.put(spec.artworks[3]!.key, Buffer.from('artwork X'));
    expect((await harness.finished(await harness.train(spec))).reason).toBe('bad_input');
  });
});

describe('an attempt ends with its reason', () => {
  it.each([
    ['oom', 'out_of_memory'], ['refused', 'bad_input'], ['bad-weights', 'missing_weights'], ['broken', 'crashed'], ['killed', 'crashed'], ['exit0', 'crashed'], ['disk-full', 'disk_full'],
  ])('fake %s → %s', async (mode, reason) => {
    await harness.startRunner();
    const end = await harness.finished(await harness.generate(await harness.generationSpec({ tags: [`fake ${mode}`] })));
    expect(end).toMatchObject({ reason, items: [] });
    expect(end.log.length).toBeGreaterThan(0);
    expect(await harness.scratchIsEmpty()).toBe(true);
  });

  it('out of its total time → timeout, even when the engine does not listen', async () => {
    await harness.startRunner();
    const job = await harness.generate(await harness.generationSpec({ tags: ['fake deaf'] }), { maxRuntimeMs: 2_000 });
    const { pid } = await harness.engineStart();
    expect((await harness.finished(job)).reason).toBe('timeout');
    expect(isAlive(pid)).toBe(false);
  });

  it('weights that are not in the store, or damaged there → missing_weights', async () => {
    await harness.startRunner();
    const spec = await harness.generationSpec();
    expect((await harness.finished(await harness.generate({ ...spec, weights: { ...spec.weights, key: 'weights/none', sha256: sha256(Buffer.from('x')) } }))).reason).toBe('missing_weights');
    const weights = await harness.put('weights/damaged', Buffer.from('as they were'));
    await harness.put('weights/damaged', Buffer.from('as they are!'));
    expect((await harness.finished(await harness.generate({ ...spec, weights }))).reason).toBe('missing_weights');
    expect(harness.engineStarts()).toEqual([]);
  });

  it('an attempt that writes more than it may → disk_full, before the disk is', async () => {
    await harness.startRunner({ RUNNER_SCRATCH_BYTES: '10000000' });
    expect((await harness.finished(await harness.generate(await harness.generationSpec({ tags: ['fake hungry'] })))).reason).toBe('disk_full');
    expect(await harness.scratchIsEmpty()).toBe(true);
  });

  it('no room to begin with → disk_full', async () => {
    await harness.startRunner({ RUNNER_FREE_BYTES: String(Number.MAX_SAFE_INTEGER) });
    expect((await harness.finished(await harness.generate(await harness.generationSpec()))).reason).toBe('disk_full');
  });

  it('an engine that vanished → engine_missing, and is not offered any more', async () => {
    const engine = `${harness.folder}/engine.ts`;
    writeFileSync(engine, '');
    await harness.startRunner({ STYLE_ENGINE: engine, RUNNER_PROTOCOL_ENGINES: '' });
    await waitFor('the runner to be there', async () => (await harness.presence()).length === 1);
    rmSync(engine);
    expect((await harness.finished(await harness.generate(await harness.generationSpec()))).reason).toBe('engine_missing');
    await waitFor('the runner to offer nothing', async () => (await harness.presence()).every(({ queues, engines }) => queues.length === 0 && engines[0]?.missing !== null), { timeoutMs: 8_000 });
  });

  it('an unknown kind, or a payload that cannot be read → bad_input', async () => {
    await harness.startRunner();
    const job = await harness.send({ kind: 'sculpture', jobId: crypto.randomUUID(), attempt: 2 });
    expect(await harness.finished(job)).toMatchObject({ reason: 'bad_input', attempt: 2, items: [] });
  });

  it('a row that belongs to no job is put away', async () => {
    await harness.startRunner();
    const job = await harness.send({ kind: 'generation', jobId: 'nobody', attempt: 0 });
    await waitFor('the row to be put away', async () => (await harness.rowState(job)) === 'completed');
  });
});

describe('the claim', () => {
  it('lost: the engine is ended, nothing is reported, and the next job is taken', async () => {
    await harness.startRunner();
    const job = await harness.generate(await harness.generationSpec({ tags: ['fake hang'] }));
    const { pid } = await harness.engineStart();
    await harness.loseClaim(job);
    await waitFor('the engine to be ended', () => !isAlive(pid), { timeoutMs: 6_000 });
    const next = await harness.generate(await harness.generationSpec());
    expect((await harness.finished(next)).reason).toBe('ok');
    expect(await harness.finishes(job)).toEqual([]);
    expect(await harness.itemMessages(job)).toEqual([]);
    expect(await harness.messages('attempt.lost', job.jobId)).toHaveLength(1);
  });

  it('cancelled: the engine is ended at once, well before the next touch', async () => {
    await harness.startRunner();
    const job = await harness.generate(await harness.generationSpec({ tags: ['fake hang'] }));
    const { pid } = await harness.engineStart();
    const at = performance.now();
    await harness.cancel(job);
    await waitFor('the engine to be ended', () => !isAlive(pid));
    expect(performance.now() - at).toBeLessThan(1_000);
    expect(await harness.finishes(job)).toEqual([]);
  });

  it('cancelled while every notification is lost: found by the touch', async () => {
    await harness.startRunner();
    const job = await harness.generate(await harness.generationSpec({ tags: ['fake hang'] }));
    const { pid } = await harness.engineStart();
    await harness.boss.cancel(job.queue, job.dispatchId);
    await waitFor('the engine to be ended', () => !isAlive(pid), { timeoutMs: 6_000 });
  });

  it('found by looking, when no notification comes', async () => {
    await harness.startRunner();
    const jobId = crypto.randomUUID();
    const spec = await harness.generationSpec();
    await harness.boss.send('generation.builtin', { kind: 'generation', jobId, attempt: 1, ownerId: null, maxRuntimeMs: 60_000, spec }, { retryLimit: 0 });
    await waitFor('the job to end', async () => (await harness.messages('attempt.finished', jobId)).length === 1, { timeoutMs: 6_000 });
  });

  it('a database that went away and came back: the work goes on and is reported once', async () => {
    await harness.startRunner();
    const job = await harness.generate(await harness.generationSpec({ tags: ['fake gate'] }));
    await harness.engineStart();
    await harness.breakConnections();
    writeFileSync(harness.gate, '');
    expect((await harness.finished(job)).reason).toBe('ok');
    rmSync(harness.gate);
    // The listening connection came back too: nobody waits for a poll.
    expect((await harness.finished(await harness.generate(await harness.generationSpec()))).reason).toBe('ok');
  });
});

describe('turns', () => {
  it('are taken by priority over all queues, one slot at a time', async () => {
    const spec = await harness.generationSpec();
    const low = await harness.generate({ ...spec, items: [{ ...spec.items[0]!, seed: 1 }] }, { priority: -30 });
    const middle = await harness.train(await harness.trainingSpec({ samples: [] }), { priority: -20 });
    const high = await harness.generate({ ...spec, items: [{ ...spec.items[0]!, seed: 3 }] }, { priority: -10 });
    await harness.startRunner();
    for (const job of [low, middle, high]) await harness.finished(job);
    expect(harness.engineStarts().map(({ command, seed }) => (command === 'train' ? 'train' : seed))).toEqual([3, 'train', 1]);
  });

  it('two runners share the work, and each job is done once', async () => {
    await harness.startRunner();
    await harness.startRunner();
    const jobs = [];
    for (let i = 0; i < 8; i++) jobs.push(await harness.generate(await harness.generationSpec({ firstSeed: i })));
    const ends = [];
    for (const job of jobs) ends.push(await harness.finished(job));
    expect(ends.every(({ reason }) => reason === 'ok')).toBe(true);
    expect(new Set(ends.map(({ runnerId }) => runnerId)).size).toBe(2);
    expect(harness.engineStarts()).toHaveLength(8);
  });

  it('the next job starts while the images of the last are still being stored', async () => {
    await harness.startRunner();
    const first = await harness.generate(await harness.generationSpec({ count: 4, width: 1024, height: 1024, ratio: '2:2' }));
    const second = await harness.generate(await harness.generationSpec());
    const end = await harness.finished(first);
    await harness.finished(second);
    expect((await harness.engineStart(2)).at).toBeLessThan(new Date(end.endedAt).getTime());
  });
});

describe('progress', () => {
  it('never falls, at most twice a second, with a signed preview, and is told', async () => {
    const told: string[] = [];
    const listener = new pg.Client({ connectionString: harness.database.url });
    await listener.connect();
    listener.on('notification', ({ payload }) => told.push(payload ?? ''));
    await listener.query(`LISTEN ${CHANNELS.progress}`);
    await harness.startRunner({ FAKE_ENGINE_MS: '900' });
    const begun = performance.now();
    const job = await harness.generate(await harness.generationSpec({ count: 2, tags: ['fake slow'] }));
    const seen: Record<string, unknown>[] = [];
    await waitFor('the job to end', async () => {
      const row = await harness.progress(job);
      if (row && seen.at(-1)?.['sequence'] !== row['sequence']) seen.push(row);
      return (await harness.finishes(job)).length === 1;
    });
    const seconds = (performance.now() - begun) / 1_000;
    await listener.end();
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(told.filter((id) => id === job.jobId).length).toBeLessThanOrEqual(seconds * 2 + 1);
    for (const [i, row] of seen.entries()) {
      const { fraction, step, of } = row as { fraction: number; step: number; of: number };
      expect(fraction).toBeGreaterThanOrEqual(i === 0 ? 0 : (seen[i - 1]!['fraction'] as number));
      expect(fraction).toBeLessThanOrEqual(1);
      expect(step).toBeLessThanOrEqual(of);
      if (i > 0) expect(isNewer(row as { attempt: number; sequence: number }, seen[i - 1] as { attempt: number; sequence: number })).toBe(true);
    }
    expect(seen.some((row) => typeof row['seconds_left'] === 'number')).toBe(true);
    const preview = seen.map((row) => row['preview']).find((bytes) => Buffer.isBuffer(bytes)) as Buffer;
    const { format, width } = await sharp(preview).metadata();
    expect([format, width]).toEqual(['webp', 256]);
    expect(preview.length).toBeLessThanOrEqual(20_000);
  });

  it('shows the loss of a training as it falls', async () => {
    await harness.startRunner({ FAKE_ENGINE_MS: '1200' });
    const job = await harness.train(await harness.trainingSpec({ mode: 'slow', samples: [] }));
    const row = await waitFor('a loss curve', async () => {
      const progress = await harness.progress(job);
      return progress && (progress['loss_curve'] as unknown[]).length > 5 ? progress : null;
    });
    const curve = row['loss_curve'] as [number, number][];
    expect(curve.length).toBeLessThanOrEqual(200);
    expect(curve.every(([, loss], i) => i === 0 || loss <= curve[i - 1]![1])).toBe(true);
    expect(row['loss']).toBeGreaterThan(0);
    await harness.finished(job);
  });
});

describe('stopping', () => {
  it('finishes what can be finished in time', async () => {
    const runner = await harness.startRunner({ FAKE_ENGINE_MS: '300' });
    const job = await harness.generate(await harness.generationSpec({ tags: ['fake slow'] }));
    await harness.engineStart();
    await runner.stop(5_000);
    expect((await harness.finished(job)).reason).toBe('ok');
    expect((await harness.presence())[0]).toMatchObject({ queues: [], busy: 0 });
  });

  it('gives the rest back and leaves no engine', async () => {
    const runner = await harness.startRunner();
    const job = await harness.generate(await harness.generationSpec({ tags: ['fake deaf'] }));
    const { pid } = await harness.engineStart();
    await runner.stop(100);
    expect(isAlive(pid)).toBe(false);
    expect((await harness.finished(job)).reason).toBe('given_back');
  });

  it('claims nothing any more', async () => {
    const runner = await harness.startRunner();
    await runner.stop(0);
    const job = await harness.generate(await harness.generationSpec());
    const other = await harness.startRunner();
    expect((await harness.finished(job)).runnerId).toBe(other.id);
  });
});
