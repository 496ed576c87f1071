/** For tests of styles: artists, the store's own origin for real uploads, and a runner played by hand. */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDiskStoreHandler, isDiskStore } from '@style-license/object-store';
import { AFFIRMATION_VERSION, type ArtworkDto, type Reason, type StyleEditorDto, type UploadDto } from '@style-license/shared';
import { artifactPrefix, queueName, type Artifact, type ImageResult, type ItemReport, type TrainingItemResult } from '@style-license/shared/server';
import { noiseImage } from '@style-license/testkit';
import { afterAll, beforeAll } from 'vitest';
import { jobHooks } from '../../../job-hooks.ts';
import type { Person, TestApi } from '../../../testing/api.ts';
import { finishAttempt, reportItem, startAttempt } from '../../jobs/index.ts';
import { readTrainingRequest } from '../training-request.ts';

export interface TestFile { name?: string; bytes: Buffer; contentType?: string; styleId?: string | null }

export interface Studio {
  /** A person with an artist profile, as if they had gone through its page. */
  artist(name?: string): Promise<Person>;
  /** Asks for a place and sends the file there over HTTP. */
  upload(person: Person, file: TestFile): Promise<UploadDto>;
  send(place: UploadDto, bytes: Buffer): Promise<Response>;
  /** A signed link of the store on the port that the test's store has. */
  here(url: string): string;
  /** Uploaded and accepted. */
  artwork(person: Person, styleId: string, bytes: Buffer): Promise<ArtworkDto>;
  /** Rows and files of that many artworks, without the upload's way; quick. */
  fill(styleId: string, count: number, tags?: (i: number) => string[]): Promise<string[]>;
  style(person: Person, title?: string): Promise<StyleEditorDto>;
  train(person: Person, styleId: string, jobId?: string): Promise<string>;
  /** What a runner does with a training, from start to report. */
  runTraining(jobId: string, reason?: Reason): Promise<void>;
  /** A live runner that trains and generates on a base model with epochs; new styles are trained on it. */
  offerEpochs(): Promise<void>;
  /** What a runner does with a training by epochs: tells of these epochs as they come, and of its end when it has one. */
  runEpochs(jobId: string, epochs: readonly number[], reason?: Reason): Promise<void>;
  /** A published style with its artist. */
  published(options?: { title?: string; tags?: (i: number) => string[]; priceTokens?: number }): Promise<{ artist: Person; styleId: string }>;
}

let titles = 0;
/** A title that no other test has. */
export const newTitle = (): string => `Style ${++titles} ${Math.random().toString(36).slice(2, 8)}`;

export function useStudio(api: TestApi): Studio {
  let server: Server | undefined;
  beforeAll(async () => {
    const { store, env } = api.deps;
    if (!isDiskStore(store)) throw new Error('tests of styles use the disk store');
    const handle = createDiskStoreHandler(store, { appOrigins: [env.APP_ORIGIN] });
    server = createServer((request, response) => void handle(request, response));
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  });
  /** The signature covers path and query, so the same link works on the port that is free here. */
  const here = (url: string): string => {
    const { pathname, search } = new URL(url);
    return `http://127.0.0.1:${(server!.address() as AddressInfo).port}${pathname}${search}`;
  };
  const store = async (key: string, bytes: Buffer, contentType: string): Promise<Artifact> => {
    await api.deps.store.put(key, bytes, { contentType });
    return { key, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  };

  const studio: Studio = {
    here,
    async artist(name = 'Han') {
      const person = await api.person({ verified: true, name });
      const signature = await store(`signatures/${randomUUID()}.png`, Buffer.from('signature'), 'image/png');
      await api.db.artist.create({
        data: { userId: person.id, artistName: name, signatureKey: signature.key, signatureSha256: signature.sha256, signatureBytes: signature.bytes, signatureWidth: 400, signatureHeight: 100 },
      });
      return person;
    },
    async upload(person, { name = 'a.png', bytes, contentType = 'image/png', styleId = null }) {
      const { items } = await person.api.uploads.create.mutate({ purpose: 'artwork', styleId, files: [{ name, bytes: bytes.length, contentType }] });
      const response = await studio.send(items[0]!, bytes);
      if (!response.ok) throw new Error(`the store refused: ${response.status} ${await response.text()}`);
      return items[0]!;
    },
    send: ({ url, headers }, bytes) => fetch(here(url), { method: 'PUT', headers, body: new Uint8Array(bytes) }),
    async artwork(person, styleId, bytes) {
      const { uploadId } = await studio.upload(person, { bytes, styleId });
      return await person.api.styles.acceptArtwork.mutate({ styleId, uploadId });
    },
    async fill(styleId, count, tags = (i) => [`subject ${i % 4}`]) {
      const bytes = await noiseImage({ seed: 7, width: 512, height: 512, format: 'jpeg' });
      const rows = await Promise.all(Array.from({ length: count }, async (_, i) => {
        const id = randomUUID();
        const [image, thumbnail] = await Promise.all([
          store(`styles/${styleId}/artworks/${id}.jpg`, bytes, 'image/jpeg'), store(`styles/${styleId}/artworks/${id}.thumb.webp`, bytes, 'image/webp'),
        ]);
        // Far apart in every pair, as different pictures are.
        const perceptualHash = createHash('sha256').update(id).digest('hex').slice(0, 16);
        return { id, styleId, ordinal: i, name: `${i}.jpg`, ...image, thumbnailKey: thumbnail.key, width: 1024, height: 1024, dominantColour: '#808080', perceptualHash, sharpness: 1, tags: tags(i) };
      }));
      await api.db.artwork.createMany({ data: rows });
      return rows.map(({ id }) => id);
    },
    style: (person, title = newTitle()) => person.api.styles.create.mutate({ title, description: 'Ink and rain.', priceTokens: 10 }),
    async train(person, styleId, jobId = randomUUID()) {
      await person.api.styles.train.mutate({ jobId, styleId, affirmationVersion: AFFIRMATION_VERSION, affirmed: true });
      return jobId;
    },
    async runTraining(jobId, reason = 'ok') {
      const runner = { runnerId: randomUUID(), runnerName: 'test' };
      const { attempt, request, items } = await api.db.job.findUniqueOrThrow({ where: { id: jobId }, include: { items: true } });
      const startedAt = api.clock.now();
      await startAttempt(api.deps, { jobId, attempt, ...runner, startedAt: startedAt.toISOString() });
      const prefix = artifactPrefix(jobId, attempt);
      const file = (name: string, type: string): Promise<Artifact> => store(`${prefix}${name}`, Buffer.from(`${jobId} ${name}`), type);
      const samples: TrainingItemResult['samples'] = [];
      for (const { ordinal, prompt, seed, ratio, width, height } of readTrainingRequest(request).samples) {
        const image: ImageResult = {
          original: await file(`sample-${ordinal}.png`, 'image/png'), feed: await file(`sample-${ordinal}.webp`, 'image/webp'),
          thumbnail: await file(`sample-${ordinal}.thumb.webp`, 'image/webp'), width, height, dominantColour: '#336699',
        };
        samples.push({ ...image, ordinal, prompt, seed, ratio });
      }
      const result: TrainingItemResult = { weights: await file('weights.safetensors', 'application/octet-stream'), epoch: 1, loss: 0.12, engine: 'test', state: [], engineMs: 1000, samples };
      await finishAttempt(api.deps, jobHooks, {
        jobId, attempt, reason, ...runner, startedAt, endedAt: api.clock.now(), log: '',
        items: reason === 'ok' ? [{ kind: 'training', itemId: items[0]!.id, result }] : [],
      });
    },
    async offerEpochs() {
      const queues = [queueName('training', 'sd15'), queueName('generation', 'sd15')];
      await api.db.$executeRaw`
        INSERT INTO runner.presence (runner_id, name, queues, slots, busy, version, engines, gpus, started_at, seen_at)
        VALUES (${randomUUID()}::uuid, 'epochs', ${queues}, 1, 0, '0', '[]', '[]', now(), now() + interval '1 hour')`;
    },
    async runEpochs(jobId, epochs, reason) {
      const runner = { runnerId: randomUUID(), runnerName: 'test' };
      const { attempt, request, items } = await api.db.job.findUniqueOrThrow({ where: { id: jobId }, include: { items: true } });
      const startedAt = api.clock.now();
      await startAttempt(api.deps, { jobId, attempt, ...runner, startedAt: startedAt.toISOString() });
      const reports: ItemReport[] = [];
      for (const epoch of epochs) {
        const at = `${artifactPrefix(jobId, attempt)}epoch-${epoch}/`;
        const file = (name: string, type: string): Promise<Artifact> => store(`${at}${name}`, Buffer.from(`${jobId} ${attempt} ${epoch} ${name}`), type);
        const samples = await Promise.all(readTrainingRequest(request).samples.map(async ({ ordinal, prompt, seed, ratio, width, height }) => ({
          original: await file(`sample-${ordinal}.png`, 'image/png'), feed: await file(`sample-${ordinal}.webp`, 'image/webp'), thumbnail: await file(`sample-${ordinal}.thumb.webp`, 'image/webp'),
          width, height, dominantColour: '#336699', ordinal, prompt, seed, ratio,
        })));
        const result: TrainingItemResult = {
          weights: await file('weights.safetensors', 'application/octet-stream'), state: [{ name: 'optimizer.bin', ...(await file('state', 'application/octet-stream')) }],
          epoch, loss: 1 / epoch, engine: 'test', engineMs: 1000, samples,
        };
        const item: ItemReport = { kind: 'training', itemId: items.find(({ ordinal }) => ordinal === epoch - 1)!.id, result };
        reports.push(item);
        await reportItem(api.deps, jobHooks, { jobId, attempt, item });
      }
      if (reason) await finishAttempt(api.deps, jobHooks, { jobId, attempt, reason, ...runner, startedAt, endedAt: api.clock.now(), log: '', items: reports });
    },
    async published({ title = newTitle(), tags, priceTokens = 10 } = {}) {
      const artist = await studio.artist();
      const { id: styleId } = await artist.api.styles.create.mutate({ title, priceTokens });
      await studio.fill(styleId, 10, tags);
      await studio.runTraining(await studio.train(artist, styleId));
      await artist.api.styles.publish.mutate({ styleId });
      return { artist, styleId };
    },
  };
  return studio;
}
