/** Trainings by epochs, with a runner played by hand: what is shown as it comes, what is kept, where it goes on. */
import { randomUUID } from 'node:crypto';
import { AFFIRMATION_VERSION, LIMITS } from '@style-license/shared';
import { attemptPayload, RUNNER_SCHEMA, type TrainingSpec } from '@style-license/shared/server';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { purgeDeletedObjects } from '../../platform/object-deletions.ts';
import { refusal, useTestApi, type Person } from '../../testing/api.ts';
import { useStudio } from './testing/studio.ts';

const EPOCHS = 10;
const api = useTestApi();
const studio = useStudio(api);
let artist: Person;
let styleId: string;
beforeAll(() => studio.offerEpochs());
beforeEach(async () => {
  artist = await studio.artist();
  styleId = (await studio.style(artist)).id;
  await studio.fill(styleId, 10);
});
afterEach(() => api.clock.set(new Date()));

const train = async (change: object = {}): Promise<string> =>
  (await artist.api.styles.train.mutate({ jobId: randomUUID(), styleId, affirmationVersion: AFFIRMATION_VERSION, affirmed: true, ...change })).jobId;
const training = async () => (await artist.api.styles.training.query({ styleId }))!;
const stop = () => artist.api.styles.stopTraining.mutate({ styleId });
const epochsShown = async () => (await training()).checkpoints.filter(({ current }) => current).map(({ epoch }) => epoch);
async function spec(jobId: string, attempt: number): Promise<TrainingSpec> {
  const rows = await api.db.$queryRawUnsafe<{ data: unknown }[]>(`SELECT data FROM ${RUNNER_SCHEMA}.job WHERE data->>'jobId' = $1 AND (data->>'attempt')::int = $2`, jobId, attempt);
  const payload = attemptPayload.parse(rows[0]!.data);
  if (payload.kind !== 'training') throw new Error('not a training');
  return payload.spec;
}
const withState = async () => (await api.db.checkpoint.findMany({ where: { styleId }, orderBy: { epoch: 'asc' } })).filter(({ state }) => (state as unknown[]).length > 0).map(({ epoch }) => epoch);

describe('epoch by epoch', () => {
  it('asks for one item an epoch', async () => {
    const jobId = await train();
    expect(await training()).toMatchObject({ epochs: true, epochCount: EPOCHS, canResume: false, baseModel: 'sd15' });
    expect((await training()).phases.map(({ phase }) => phase)).toEqual(['prepare', 'load', 'learn', 'finish']);
    const { items, resume, samples } = await spec(jobId, 1);
    expect(items.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([resume, samples.length]).toEqual([null, 4]);
  });

  it('shows each as it is told, in whatever order, and keeps the state of the newest only', async () => {
    const jobId = await train();
    await studio.runEpochs(jobId, [1]);
    expect(await training()).toMatchObject({ state: 'training', checkpoints: [{ epoch: 1, current: true, chosen: true, samples: [{ prompt: expect.any(String), seed: 11 }, {}, {}, {}] }] });
    await studio.runEpochs(jobId, [3, 2]);
    expect((await epochsShown()).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    expect(await withState()).toEqual([3]);
    const kept = await api.db.checkpoint.findFirstOrThrow({ where: { styleId, epoch: 3 } });
    const gone = await api.db.jobItem.findFirstOrThrow({ where: { jobId, ordinal: 0 } });
    await purgeDeletedObjects(api.deps);
    expect(await api.deps.store.head((kept.state as { key: string }[])[0]!.key)).not.toBeNull();
    expect(await api.deps.store.head((gone.result as { state: { key: string }[] }).state[0]!.key)).toBeNull();
  });

  it('can be published while it goes on, and any epoch can', async () => {
    const jobId = await train();
    await studio.runEpochs(jobId, [1, 2]);
    const [first] = (await training()).checkpoints;
    await artist.api.styles.publish.mutate({ styleId, checkpointId: first!.id });
    expect((await training()).checkpoints.map(({ published }) => published)).toEqual([true, false]);
    expect((await training()).state).toBe('training');
  });

  it('is done with the last, told once, and keeps no state', async () => {
    const jobId = await train();
    await studio.runEpochs(jobId, Array.from({ length: EPOCHS }, (_, i) => i + 1), 'ok');
    expect(await training()).toMatchObject({ state: 'completed', canResume: false });
    expect(await withState()).toEqual([]);
    expect(await api.db.notification.count({ where: { userId: artist.id } })).toBe(1);
  });
});

describe('an attempt that dies', () => {
  it('is followed by one that goes on after the newest epoch and delivers only the rest', async () => {
    const jobId = await train();
    await studio.runEpochs(jobId, [1, 2, 3], 'crashed');
    expect(await training()).toMatchObject({ state: 'training' });
    const first = await spec(jobId, 1);
    const second = await spec(jobId, 2);
    expect(second.items.map(({ ordinal }) => ordinal)).toEqual([3, 4, 5, 6, 7, 8, 9]);
    const checkpoint = await api.db.checkpoint.findFirstOrThrow({ where: { styleId, epoch: 3 } });
    expect(second.resume).toMatchObject({ epoch: 3, weights: { key: checkpoint.weightsKey, sha256: checkpoint.weightsSha256 }, state: [{ name: 'optimizer.bin', key: `jobs/${jobId}/1/epoch-3/state` }] });
    expect({ ...second, resume: null, items: [] }).toEqual({ ...first, resume: null, items: [] });
    await studio.runEpochs(jobId, [4, 5, 6, 7, 8, 9, 10], 'ok');
    expect(await epochsShown()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('goes on before the first epoch that is missing', async () => {
    const jobId = await train();
    await studio.runEpochs(jobId, [1, 2, 4], 'network');
    const second = await spec(jobId, 2);
    expect(second.items.map(({ ordinal }) => ordinal)).toEqual([2, 4, 5, 6, 7, 8, 9]);
    expect(second.resume).toMatchObject({ epoch: 2, state: [] });
  });

  it('for the last time leaves what was learned, to be published or gone on with', async () => {
    const jobId = await train();
    await studio.runEpochs(jobId, [1, 2], 'crashed');
    for (let n = 0; n < 3; n++) await studio.runEpochs(jobId, [], 'crashed');
    expect(await training()).toMatchObject({ state: 'completed', reason: 'crashed', job: { state: 'partly_completed' }, canResume: true });
    expect(await withState()).toEqual([2]);
  });

  it('that the engine refused would be refused again', async () => {
    const jobId = await train();
    await studio.runEpochs(jobId, [1, 2], 'bad_input');
    expect(await training()).toMatchObject({ reason: 'bad_input', canResume: false });
  });
});

describe('stopped and gone on with by its artist', () => {
  it('goes on after its newest epoch, with the same prompts, as the same training', async () => {
    const jobId = await train();
    await studio.runEpochs(jobId, [1, 2, 3, 4]);
    expect(await stop()).toMatchObject({ state: 'stopped', canResume: true, checkpoints: [{ epoch: 1 }, { epoch: 2 }, { epoch: 3 }, { epoch: 4 }] });
    const before = await training();
    const again = await train({ resume: true });
    expect(again).not.toBe(jobId);
    const { items, resume, samples } = await spec(again, 1);
    expect(items.map(({ ordinal }) => ordinal)).toEqual([4, 5, 6, 7, 8, 9]);
    expect(resume).toMatchObject({ epoch: 4, state: [{ name: 'optimizer.bin' }] });
    expect(samples).toEqual((await spec(jobId, 1)).samples);
    expect((await training()).samplePrompts).toEqual(before.samplePrompts);
    await studio.runEpochs(again, [5]);
    await stop();
    const third = await train({ resume: true });
    await studio.runEpochs(third, [6, 7, 8, 9, 10], 'ok');
    expect(await epochsShown()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await withState()).toEqual([]);
    // It was one training all the time.
    expect((await artist.api.styles.editor.query({ styleId })).trainingsLeftToday).toBe(LIMITS.trainingsPerDay - 1);
  });

  it('is one request however often it is asked for', async () => {
    await studio.runEpochs(await train(), [1]);
    await stop();
    const jobId = randomUUID();
    const both = await Promise.all([train({ resume: true, jobId }), train({ resume: true, jobId })]);
    expect(new Set(both).size).toBe(1);
    expect(await refusal(train({ resume: true }))).toMatchObject({ code: 'TRAINING_RUNNING' });
    expect(await refusal(train({ jobId }))).toMatchObject({ code: 'REQUEST_REUSED' });
  });

  it('has ten free images in all', async () => {
    const jobId = await train();
    await studio.runEpochs(jobId, [1]);
    await stop();
    const first = (await training()).checkpoints[0]!;
    const tryOut = (checkpointId: string, count: number) => artist.api.generations.request.mutate({ jobId: randomUUID(), styleId, tags: ['subject 1'], ratio: '1:1', count, tryOut: { checkpointId } });
    for (const count of [4, 4]) await tryOut(first.id, count);
    await studio.runEpochs(await train({ resume: true }), [2]);
    const second = (await training()).checkpoints[1]!;
    expect(await refusal(tryOut(second.id, 3))).toMatchObject({ code: 'TRY_OUTS_USED_UP', details: { left: 2 } });
    await tryOut(second.id, 2);
    expect((await artist.api.styles.editor.query({ styleId })).tryOutsLeft).toBe(0);
  });

  it('cannot be gone on with when nothing was learned, the set is another, or a new one has begun', async () => {
    await train();
    await stop();
    expect((await training()).canResume).toBe(false);
    expect(await refusal(train({ resume: true }))).toMatchObject({ code: 'TRAINING_NOT_RESUMABLE' });

    const jobId = await train();
    await studio.runEpochs(jobId, [1, 2]);
    await stop();
    const artworks = (await artist.api.styles.editor.query({ styleId })).artworks;
    await artist.api.styles.tagArtworks.mutate({ styleId, artworkIds: [artworks[0]!.id], add: ['sea'], remove: [] });
    expect((await training()).canResume).toBe(false);
    expect(await refusal(train({ resume: true }))).toMatchObject({ code: 'TRAINING_NOT_RESUMABLE' });
    await api.db.artwork.update({ where: { id: artworks[0]!.id }, data: { tags: artworks[0]!.tags } });
    expect((await training()).canResume).toBe(true);

    const fresh = await train();
    expect(await withState()).toEqual([]);
    await studio.runEpochs(fresh, [1]);
    // Its own grid; the epochs of the one before can still be published.
    expect(await epochsShown()).toEqual([1]);
    expect((await training()).checkpoints.map(({ epoch, current }) => [epoch, current])).toEqual([[1, false], [2, false], [1, true]]);
    await stop();
    expect((await spec(await train({ resume: true }), 1)).resume).toMatchObject({ epoch: 1, weights: { key: `jobs/${fresh}/1/epoch-1/weights.safetensors` } });
  });
});
