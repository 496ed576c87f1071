/** Training over the API with a runner played by hand: limits, ends, stops, starting again, several states at once. */
import { randomUUID } from 'node:crypto';
import { AFFIRMATION_VERSION } from '@style-license/shared';
import { attemptPayload, RUNNER_SCHEMA } from '@style-license/shared/server';
import { noiseImage } from '@style-license/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusal, useTestApi, type Person } from '../../testing/api.ts';
import { useStudio } from './testing/studio.ts';

const api = useTestApi();
const studio = useStudio(api);
let artist: Person;
let styleId: string;
beforeEach(async () => {
  artist = await studio.artist();
  styleId = (await studio.style(artist)).id;
});
const at = (time: string) => api.clock.set(new Date(time));
afterEach(() => api.clock.set(new Date()));
const request = (change: object = {}) => artist.api.styles.train.mutate({ jobId: randomUUID(), styleId, affirmationVersion: AFFIRMATION_VERSION, affirmed: true, ...change });
const state = async () => (await artist.api.styles.training.query({ styleId }))!.state;

describe('what must be there before', () => {
  it('refuses nine artworks and takes ten', async () => {
    await studio.fill(styleId, 9);
    expect(await refusal(request())).toMatchObject({ code: 'TOO_FEW_ARTWORKS', details: { min: 10, count: 9 } });
    expect((await artist.api.styles.check.query({ styleId })).advice).toContainEqual(expect.objectContaining({ code: 'too_few', blocking: true, figure: 1 }));
    await studio.artwork(artist, styleId, await noiseImage({ seed: 1 }));
    expect(await request()).toMatchObject({ state: 'pending', artworkCount: 10 });
  });

  it('wants the rights affirmed, in the wording of today, and keeps which', async () => {
    await studio.fill(styleId, 10);
    expect(await refusal(request({ affirmed: false }))).toMatchObject({ code: 'RIGHTS_NOT_AFFIRMED' });
    expect(await refusal(request({ affirmationVersion: AFFIRMATION_VERSION + 1 }))).toMatchObject({ code: 'TERMS_OUTDATED', details: { version: AFFIRMATION_VERSION } });
    expect((await artist.api.styles.editor.query({ styleId })).affirmedVersion).toBeNull();
    await request();
    const { affirmedVersion, affirmedAt } = await artist.api.styles.editor.query({ styleId });
    expect(affirmedVersion).toBe(AFFIRMATION_VERSION);
    expect(Math.abs(Date.parse(affirmedAt!) - Date.now())).toBeLessThan(60_000);
  });
});

describe('one at a time, three a day', () => {
  it('runs one training of a style at a time, also when two are asked for at once', async () => {
    await studio.fill(styleId, 10);
    const both = await Promise.allSettled([request(), request()]);
    expect(both.map((answer) => answer.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await refusal(request())).toMatchObject({ code: 'TRAINING_RUNNING' });
    expect(await api.db.job.count({ where: { styleId } })).toBe(1);
  });

  it('answers the same request again with the same training, and refuses its id for another', async () => {
    await studio.fill(styleId, 10);
    const jobId = randomUUID();
    const [first, second] = await Promise.all([request({ jobId }), request({ jobId })]);
    expect(second.jobId).toBe(first.jobId);
    await studio.runTraining(jobId);
    expect((await request({ jobId })).state).toBe('completed');
    const other = await studio.artist();
    const { id: theirs } = await studio.style(other);
    await studio.fill(theirs, 10);
    expect(await refusal(other.api.styles.train.mutate({ jobId, styleId: theirs, affirmationVersion: AFFIRMATION_VERSION, affirmed: true }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await api.db.job.count({ where: { styleId } })).toBe(1);
  });

  it('gives three a day, counted in the time zone of the product; failures of ours do not count', async () => {
    at('2026-03-02T14:00:00Z'); // 23:00 in Seoul
    await studio.fill(styleId, 10);
    for (const reason of ['ok', 'bad_input', 'engine_missing'] as const) {
      const { jobId } = await request();
      await studio.runTraining(jobId, reason);
      // An engine that is missing is tried again elsewhere: stop waiting for it.
      if (reason === 'engine_missing') await artist.api.styles.stopTraining.mutate({ styleId });
    }
    expect((await artist.api.styles.editor.query({ styleId })).trainingsLeftToday).toBe(0);
    expect(await refusal(request())).toMatchObject({ code: 'TRAINING_LIMIT_REACHED', details: { limit: 3 } });
    await api.db.job.updateMany({ where: { styleId, reason: 'bad_input' }, data: { reason: 'crashed' } });
    expect((await artist.api.styles.editor.query({ styleId })).trainingsLeftToday).toBe(1);
    await api.db.job.updateMany({ where: { styleId, reason: 'crashed' }, data: { reason: 'bad_input' } });
    at('2026-03-02T15:00:01Z'); // past midnight there
    expect((await artist.api.styles.editor.query({ styleId })).trainingsLeftToday).toBe(3);
    expect(await request()).toMatchObject({ state: 'pending' });
  });
});

describe('what a runner is given', () => {
  it('is everything it needs, and the same in every attempt', async () => {
    const { title } = await artist.api.styles.editor.query({ styleId });
    await studio.fill(styleId, 12, (i) => [title.toLowerCase(), i % 2 ? 'sea' : 'hill', 'rain']);
    const { jobId } = await request();
    const payload = async (attempt: number) => {
      const rows = await api.db.$queryRawUnsafe<{ data: unknown }[]>(`SELECT data FROM ${RUNNER_SCHEMA}.job WHERE data->>'jobId' = $1 AND (data->>'attempt')::int = $2`, jobId, attempt);
      const parsed = attemptPayload.parse(rows[0]!.data);
      if (parsed.kind !== 'training') throw new Error('not a training');
      return parsed.spec;
    };
    const first = await payload(1);
    expect(first).toMatchObject({
      artist: { name: 'Han', username: artist.username }, style: { id: styleId, title }, baseModel: 'builtin',
      termsUrl: `${api.deps.env.APP_ORIGIN}/terms/${styleId}/1`,
    });
    expect(first.artworks).toHaveLength(12);
    expect(first.artworks[1]).toMatchObject({ tags: [title.toLowerCase(), 'sea', 'rain'] });
    const head = await api.deps.store.head(first.artworks[0]!.key);
    expect(head?.bytes).toBe(first.artworks[0]!.bytes);
    expect(first.samples.map(({ prompt, seed, ratio }) => [prompt, seed, ratio])).toEqual([['rain, hill', 11, '1:1'], ['sea, rain', 2024, '1:1'], ['rain, hill', 307, '1:2'], ['rain, hill', 4096, '1:1']]);
    await studio.runTraining(jobId, 'crashed');
    expect(await state()).toBe('training');
    expect(await payload(2)).toEqual(first);
  });

  it('stays as it was submitted: the set cannot be changed meanwhile', async () => {
    const [id] = await studio.fill(styleId, 10);
    await request();
    const { uploadId } = await studio.upload(artist, { bytes: await noiseImage({ seed: 2 }), styleId });
    const acts = [
      () => artist.api.styles.acceptArtwork.mutate({ styleId, uploadId }),
      () => artist.api.styles.removeArtworks.mutate({ styleId, artworkIds: [id!] }),
      () => artist.api.styles.tagArtworks.mutate({ styleId, artworkIds: [id!], add: ['sea'], remove: [] }),
      () => artist.api.styles.edit.mutate({ styleId, title: 'Another Name Now' }),
      () => artist.api.styles.remove.mutate({ styleId }),
    ];
    for (const act of acts) expect(await refusal(act())).toMatchObject({ code: 'TRAINING_RUNNING' });
    await artist.api.styles.stopTraining.mutate({ styleId });
    expect(await artist.api.styles.acceptArtwork.mutate({ styleId, uploadId })).toMatchObject({ ordinal: 10 });
  });
});

describe('how it ends', () => {
  it('fails with its reason, tells the artist once, and starts again without uploading again', async () => {
    await studio.fill(styleId, 10);
    const { jobId } = await request();
    await studio.runTraining(jobId, 'bad_input');
    const failed = await artist.api.styles.training.query({ styleId });
    expect(failed).toMatchObject({ state: 'failed', reason: 'bad_input', checkpoints: [] });
    expect((await api.db.notification.findMany({ where: { userId: artist.id } })).map(({ kind, payload }) => [kind, payload])).toEqual([
      ['style_training_failed', expect.objectContaining({ styleId, jobId, reason: 'bad_input' })],
    ]);
    const again = await request();
    await studio.runTraining(again.jobId);
    expect(await state()).toBe('completed');
    expect((await artist.api.styles.editor.query({ styleId })).artworks).toHaveLength(10);
  });

  it('stops when told, also twice, without a notification; then it can be started again', async () => {
    await studio.fill(styleId, 10);
    await request();
    expect(await artist.api.styles.stopTraining.mutate({ styleId })).toMatchObject({ state: 'stopped', reason: 'cancelled' });
    expect(await artist.api.styles.stopTraining.mutate({ styleId })).toMatchObject({ state: 'stopped' });
    expect(await api.db.notification.count({ where: { userId: artist.id } })).toBe(0);
    const again = await request();
    await studio.runTraining(again.jobId);
    expect(await refusal(artist.api.styles.stopTraining.mutate({ styleId }))).toMatchObject({ code: 'JOB_NOT_CANCELLABLE' });
  });

  it('has nothing to stop before the first', async () => {
    expect(await artist.api.styles.training.query({ styleId })).toBeNull();
    expect(await refusal(artist.api.styles.stopTraining.mutate({ styleId }))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('delivers a checkpoint once, however often it is reported, and costs nothing', async () => {
    await studio.fill(styleId, 10);
    const { jobId } = await request();
    await Promise.all([studio.runTraining(jobId), studio.runTraining(jobId)]);
    expect(await api.db.checkpoint.count({ where: { styleId } })).toBe(1);
    expect(await api.db.hold.count({ where: { jobId } })).toBe(0);
    expect(await api.db.notification.count({ where: { userId: artist.id } })).toBe(1);
  });

  it('lets a style on sale be trained anew; its buyers notice when the new weights are published', async () => {
    const { artist: owner, styleId: id } = await studio.published();
    const before = await api.db.style.findUniqueOrThrow({ where: { id } });
    await studio.runTraining(await studio.train(owner, id));
    const training = await owner.api.styles.training.query({ styleId: id });
    expect(training!.checkpoints.map(({ chosen, published }) => [chosen, published])).toEqual([[false, true], [true, false]]);
    expect((await api.db.style.findUniqueOrThrow({ where: { id } })).checkpointId).toBe(before.checkpointId);
    await owner.api.styles.publish.mutate({ styleId: id });
    const after = await api.db.style.findUniqueOrThrow({ where: { id } });
    expect(after.checkpointId).toBe(training!.checkpoints[1]!.id);
    expect(after.publishedAt).toEqual(before.publishedAt);
    expect(await owner.api.styles.publish.mutate({ styleId: id, checkpointId: before.checkpointId })).toMatchObject({ state: 'published' });
    expect((await api.db.style.findUniqueOrThrow({ where: { id } })).checkpointId).toBe(before.checkpointId);
  });
});
