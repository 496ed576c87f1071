/** The main path of a style over the API, and who may call what. */
import { randomUUID } from 'node:crypto';
import { AFFIRMATION_VERSION } from '@style-license/shared';
import { noiseImage } from '@style-license/testkit';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { refusal, useTestApi, type Client } from '../../testing/api.ts';
import { newTitle, useStudio } from './testing/studio.ts';

const api = useTestApi();
const studio = useStudio(api);

describe('from a draft to a style on sale', () => {
  it('goes the whole way: create, artworks, tags, training, publish, list', async () => {
    const artist = await studio.artist('Han Serim');
    const title = newTitle();
    const draft = await artist.api.styles.create.mutate({ title, titleKo: '달빛', description: '  Ink and rain. ', priceTokens: 12 });
    expect(draft).toMatchObject({ title, titleKo: '달빛', description: 'Ink and rain.', priceTokens: 12, state: 'draft', trained: false, canDelete: true, trainingsLeftToday: 3 });
    expect(draft.licence).toMatchObject({ version: 1, personal: true, commercial: false, merchandise: false });
    const styleId = draft.id;
    expect(await refusal(api.browser().api.styles.get.query({ styleId }))).toMatchObject({ code: 'NOT_FOUND' });

    const artworks = [];
    for (let seed = 0; seed < 10; seed++) artworks.push(await studio.artwork(artist, styleId, await noiseImage({ seed: seed + 1, width: 800, height: 700, format: seed % 2 ? 'jpeg' : 'png' })));
    expect(artworks.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const titleTag = title.toLowerCase();
    expect(artworks[0]).toMatchObject({ width: 800, height: 700, tags: [titleTag], shown: false });
    const first = artworks.slice(0, 6).map(({ id }) => id);
    const { items } = await artist.api.styles.tagArtworks.mutate({ styleId, artworkIds: first, add: ['Lighthouse', ' storm  sea '], remove: [] });
    expect(items.map(({ tags }) => tags)).toEqual(first.map(() => [titleTag, 'lighthouse', 'storm sea']));

    const jobId = randomUUID();
    const started = await artist.api.styles.train.mutate({ jobId, styleId, affirmationVersion: AFFIRMATION_VERSION, affirmed: true });
    expect(started).toMatchObject({ jobId, state: 'pending', artworkCount: 10, baseModel: 'builtin', epochs: false });
    expect(started.samplePrompts[0]).toEqual({ prompt: 'lighthouse, storm sea', seed: 11 });
    expect(started.phases.map(({ phase }) => phase)).toEqual(['prepare', 'load', 'covariance', 'fit', 'calibrate', 'encode', 'samples', 'finish']);
    expect(started.phases.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    await studio.runTraining(jobId);

    const training = await artist.api.styles.training.query({ styleId });
    expect(training).toMatchObject({ state: 'completed', reason: 'ok' });
    expect(training!.checkpoints).toHaveLength(1);
    expect(training!.checkpoints[0]).toMatchObject({ epoch: 1, loss: 0.12, chosen: true, published: false });
    expect(training!.checkpoints[0]!.samples.map(({ ratio }) => ratio)).toEqual(['1:1', '1:1', '1:2', '1:1']);

    expect((await artist.api.styles.mine.query()).items[0]!.samples).toHaveLength(4);

    const published = await artist.api.styles.publish.mutate({ styleId });
    expect(published).toMatchObject({ state: 'published', trained: true, canDelete: false, affirmedVersion: AFFIRMATION_VERSION, tryOutsLeft: 10 });
    const seen = await api.browser().api.styles.get.query({ styleId });
    expect(seen).toMatchObject({ title, artist: { name: 'Han Serim', username: artist.username }, nextNumber: 1, unavailable: null, isMine: false, artworkCount: 10, shownArtworks: [] });
    expect(seen.tags.slice(0, 2)).toEqual([{ tag: titleTag, count: 10 }, { tag: 'lighthouse', count: 6 }]);
    expect(seen.samples).toHaveLength(4);
    expect(seen.samples[0]).toMatchObject({ generationId: null, alt: `lighthouse, storm sea, ${title}` });
    const listed = await api.browser().api.styles.list.query({ sort: 'recent' });
    expect(listed.items[0]!.id).toBe(styleId);
    const notifications = await api.db.notification.findMany({ where: { userId: artist.id } });
    expect(notifications.map(({ kind }) => kind)).toEqual(['style_training_complete']);
  });

  it('refuses prices, titles and a second style with a code and the field', async () => {
    const artist = await studio.artist();
    const create = (change: object) => artist.api.styles.create.mutate({ title: newTitle(), priceTokens: 5, ...change });
    for (const priceTokens of [0, 1.5, -3, 10_001]) expect(await refusal(create({ priceTokens }))).toMatchObject({ code: 'PRICE_INVALID', details: { field: 'priceTokens' } });
    for (const title of ['ab', '달빛', '<b>bold</b>', 'x'.repeat(61), '   ', '***']) expect(await refusal(create({ title }))).toMatchObject({ code: 'TITLE_INVALID', details: { field: 'title' } });
    const made = await create({});
    expect(await refusal(create({}))).toMatchObject({ code: 'STYLE_LIMIT_REACHED', details: { limit: 1 } });
    const other = await studio.artist();
    expect(await refusal(other.api.styles.create.mutate({ title: made.title.toUpperCase(), priceTokens: 5 }))).toMatchObject({ code: 'STYLE_TITLE_TAKEN' });
  });

  it('keeps one of two drafts that an artist makes at the same moment, and one of two equal titles', async () => {
    const artist = await studio.artist();
    const both = await Promise.allSettled([1, 2].map(() => artist.api.styles.create.mutate({ title: newTitle(), priceTokens: 5 })));
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const title = newTitle();
    const two = await Promise.all([studio.artist(), studio.artist()]);
    const answers = await Promise.all(two.map((someone) => someone.api.styles.create.mutate({ title, priceTokens: 5 }).then(() => 'made', async (error: unknown) => (await refusal(Promise.reject(error))).code)));
    expect(answers.toSorted()).toEqual(['STYLE_TITLE_TAKEN', 'made']);
  });

  it('changes texts, price, words and terms; a new choice is a new version', async () => {
    const { artist, styleId } = await studio.published();
    const edited = await artist.api.styles.edit.mutate({ styleId, description: 'Rain.', priceTokens: 20, forbiddenWords: ['  Gun ', 'gun', '총'], licence: { personal: true, commercial: true, merchandise: false } });
    expect(edited).toMatchObject({ description: 'Rain.', priceTokens: 20, forbiddenWords: ['gun', '총'], licence: { version: 2, commercial: true } });
    const same = await artist.api.styles.edit.mutate({ styleId, licence: { personal: true, commercial: true, merchandise: false } });
    expect(same.licence.version).toBe(2);
    const terms = api.browser().api.styles.terms;
    expect(await terms.query({ styleId, version: 1 })).toMatchObject({ current: false, terms: { version: 1, commercial: false } });
    expect(await terms.query({ styleId })).toMatchObject({ current: true, terms: { version: 2, commercial: true } });
    expect(await refusal(terms.query({ styleId, version: 3 }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(artist.api.styles.edit.mutate({ styleId, priceTokens: 1.5 }))).toMatchObject({ code: 'PRICE_INVALID' });
  });

  it('writes the terms of a draft in place, until something was made under them', async () => {
    const artist = await studio.artist();
    const { id: styleId } = await artist.api.styles.create.mutate({ title: newTitle(), priceTokens: 5 });
    const licence = { personal: true, commercial: true, merchandise: true };
    expect((await artist.api.styles.edit.mutate({ styleId, licence })).licence).toMatchObject({ version: 1, ...licence });
    expect((await artist.api.styles.edit.mutate({ styleId, licence: { ...licence, merchandise: false } })).licence).toMatchObject({ version: 1, merchandise: false });
  });

  it('carries a new title into the tags of every artwork', async () => {
    const artist = await studio.artist();
    const { id: styleId } = await studio.style(artist, 'Old Name');
    await studio.artwork(artist, styleId, await noiseImage({ seed: 5 }));
    const title = newTitle();
    const { artworks } = await artist.api.styles.edit.mutate({ styleId, title });
    expect(artworks[0]!.tags).toEqual([title.toLowerCase()]);
    expect(await api.db.styleTag.findMany({ where: { styleId } })).toEqual([{ styleId, tag: title.toLowerCase(), count: 1 }]);
    const kept = await artist.api.styles.edit.mutate({ styleId, title: title.toUpperCase() });
    expect(kept.title).toBe(title.toUpperCase());
  });

  it('pauses and resumes sales; setting what is set changes nothing', async () => {
    const { artist, styleId } = await studio.published();
    for (const _ of [1, 2]) expect(await artist.api.styles.pause.mutate({ styleId })).toMatchObject({ state: 'paused' });
    expect(await api.browser().api.styles.get.query({ styleId })).toMatchObject({ unavailable: 'paused' });
    for (const _ of [1, 2]) expect(await artist.api.styles.resume.mutate({ styleId })).toMatchObject({ state: 'published' });
    const { id: draft } = await studio.style(await studio.artist());
    const owner = await api.db.style.findUniqueOrThrow({ where: { id: draft } });
    expect(owner.state).toBe('draft');
  });

  it('removes a draft with its files, and no trained style', async () => {
    const artist = await studio.artist();
    const { id: styleId } = await studio.style(artist);
    const { id } = await studio.artwork(artist, styleId, await noiseImage({ seed: 3 }));
    const { key, thumbnailKey } = await api.db.artwork.findUniqueOrThrow({ where: { id } });
    await artist.api.styles.remove.mutate({ styleId });
    expect(await api.db.style.findUnique({ where: { id: styleId } })).toBeNull();
    const gone = await api.db.objectDeletion.findMany({ where: { key: { in: [key, thumbnailKey] } } });
    expect(gone.map((row) => row.key).toSorted()).toEqual([key, thumbnailKey].toSorted());
    const trained = await studio.published();
    expect(await refusal(trained.artist.api.styles.remove.mutate({ styleId: trained.styleId }))).toMatchObject({ code: 'CONFLICT' });
  });

  it('publishes nothing without weights, and only own checkpoints', async () => {
    const artist = await studio.artist();
    const { id: styleId } = await studio.style(artist);
    expect(await refusal(artist.api.styles.publish.mutate({ styleId }))).toMatchObject({ code: 'STYLE_NOT_READY' });
    expect(await refusal(artist.api.styles.pause.mutate({ styleId }))).toMatchObject({ code: 'STYLE_NOT_READY' });
    const other = await studio.published();
    const { checkpointId } = await api.db.style.findUniqueOrThrow({ where: { id: other.styleId } });
    expect(await refusal(artist.api.styles.publish.mutate({ styleId, checkpointId: checkpointId! }))).toMatchObject({ code: 'CHECKPOINT_NOT_FOUND' });
  });

  it('shows a suspended style without selling it, and its artist cannot put it back on sale', async () => {
    const { artist, styleId } = await studio.published();
    await api.db.style.update({ where: { id: styleId }, data: { state: 'suspended' } });
    expect(await api.browser().api.styles.get.query({ styleId })).toMatchObject({ unavailable: 'suspended' });
    for (const act of [artist.api.styles.publish, artist.api.styles.resume, artist.api.styles.pause]) {
      expect(await refusal(act.mutate({ styleId }))).toMatchObject({ code: 'STYLE_NOT_AVAILABLE' });
    }
    const { items } = await api.browser().api.styles.list.query({ sort: 'recent', limit: 100 });
    expect(items.map(({ id }) => id)).not.toContain(styleId);
  });
});

describe('who may call what', () => {
  const unknown = randomUUID();
  const calls = (client: Client, styleId: string) => ({
    mine: () => client.styles.mine.query(),
    editor: () => client.styles.editor.query({ styleId }),
    check: () => client.styles.check.query({ styleId }),
    training: () => client.styles.training.query({ styleId }),
    create: () => client.styles.create.mutate({ title: newTitle(), priceTokens: 5 }),
    edit: () => client.styles.edit.mutate({ styleId, description: 'mine now' }),
    remove: () => client.styles.remove.mutate({ styleId }),
    acceptArtwork: () => client.styles.acceptArtwork.mutate({ styleId, uploadId: unknown }),
    removeArtworks: () => client.styles.removeArtworks.mutate({ styleId, artworkIds: [unknown] }),
    tagArtworks: () => client.styles.tagArtworks.mutate({ styleId, artworkIds: [unknown], add: ['sea'], remove: [] }),
    showArtworks: () => client.styles.showArtworks.mutate({ styleId, artworkIds: [unknown], shown: true }),
    train: () => client.styles.train.mutate({ jobId: randomUUID(), styleId, affirmationVersion: AFFIRMATION_VERSION, affirmed: true }),
    stopTraining: () => client.styles.stopTraining.mutate({ styleId }),
    publish: () => client.styles.publish.mutate({ styleId }),
    pause: () => client.styles.pause.mutate({ styleId }),
    resume: () => client.styles.resume.mutate({ styleId }),
  });

  it('is for signed-in artists, and of one’s own style only', async () => {
    const { styleId } = await studio.published();
    const [person, stranger] = [await api.person(), await studio.artist()];
    for (const [name, call] of Object.entries(calls(api.browser().api, styleId))) expect([name, (await refusal(call())).code]).toEqual([name, 'UNAUTHORIZED']);
    for (const [name, call] of Object.entries(calls(person.api, styleId))) expect([name, (await refusal(call())).code]).toEqual([name, 'ARTIST_ONLY']);
    const { mine, create, ...others } = calls(stranger.api, styleId);
    expect(await mine()).toEqual({ items: [] });
    await create();
    for (const [name, call] of Object.entries(others)) expect([name, (await refusal(call())).code]).toEqual([name, 'NOT_FOUND']);
    const style = await api.db.style.findUniqueOrThrow({ where: { id: styleId } });
    expect(style).toMatchObject({ state: 'published', description: '' });
  });

  it('shows artworks to their artist alone, unless they are shown', async () => {
    const { artist, styleId } = await studio.published();
    const { artworks } = await artist.api.styles.editor.query({ styleId });
    expect((await api.browser().api.styles.get.query({ styleId })).shownArtworks).toEqual([]);
    const { items } = await artist.api.styles.showArtworks.mutate({ styleId, artworkIds: [artworks[2]!.id], shown: true });
    expect(items[0]).toMatchObject({ shown: true });
    expect((await api.browser().api.styles.get.query({ styleId })).shownArtworks).toHaveLength(1);
    await artist.api.styles.showArtworks.mutate({ styleId, artworkIds: [artworks[2]!.id], shown: false });
    expect((await api.browser().api.styles.get.query({ styleId })).shownArtworks).toEqual([]);
  });

  it('a shown artwork is to be had in the widths of images and no larger; one that is not shown, and any other file, is not there', async () => {
    const artist = await studio.artist();
    const { id: styleId } = await artist.api.styles.create.mutate({ title: newTitle(), priceTokens: 12 });
    const [wide, tall] = [
      await studio.artwork(artist, styleId, await noiseImage({ seed: 1, width: 1_600, height: 1_200 })),
      await studio.artwork(artist, styleId, await noiseImage({ seed: 2, width: 700, height: 1_400 })),
    ];
    const get = async (path: string, headers = {}) => await api.browser().request({ method: 'GET', url: `/artworks/${path}`, headers });
    expect((await get(`${wide.id}/feed.webp`)).statusCode).toBe(404);
    await artist.api.styles.showArtworks.mutate({ styleId, artworkIds: [wide.id, tall.id], shown: true });
    const { shownArtworks } = await artist.api.styles.get.query({ styleId });
    expect(shownArtworks.map(({ imageUrl, ratio }) => ({ imageUrl, ratio }))).toEqual([
      { imageUrl: `/artworks/${wide.id}/feed.webp`, ratio: '2:2' }, { imageUrl: `/artworks/${tall.id}/feed.webp`, ratio: '1:2' },
    ]);
    const sides = await Promise.all([`${wide.id}/feed.webp`, `${wide.id}/feed-384.webp`, `${tall.id}/feed.webp`].map(async (path) => {
      const { format, width, height } = await sharp((await get(path)).rawPayload).metadata();
      return [format, width, height];
    }));
    expect(sides).toEqual([['webp', 1_024, 768], ['webp', 384, 288], ['webp', 512, 1_024]]);
    const { etag } = (await get(`${wide.id}/feed.webp`)).headers;
    expect((await get(`${wide.id}/feed.webp`, { 'if-none-match': etag })).statusCode).toBe(304);
    for (const path of [`${wide.id}/full.png`, `${wide.id}/feed-100.webp`, 'nothing/feed.webp', `${randomUUID()}/feed.webp`]) expect([path, (await get(path)).statusCode]).toEqual([path, 404]);
    await artist.api.styles.showArtworks.mutate({ styleId, artworkIds: [wide.id], shown: false });
    expect((await get(`${wide.id}/feed.webp`)).statusCode).toBe(404);
  });
});
