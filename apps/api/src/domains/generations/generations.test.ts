import { randomUUID } from 'node:crypto';
import { readObject } from '@style-license/object-store';
import { waitFor, waitForState } from '@style-license/testkit';
import type { GenerationJobDto } from '@style-license/shared';
import exifr from 'exifr';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refusal, useTestApi, type Person } from '../../testing/api.ts';
import { giveTokens, makeArtist, makeStyle, type MadeStyle } from '../../testing/gallery.ts';
import { PretendRunner } from '../../testing/pretend-runner.ts';
import { startWorker, type RunningWorker } from '../../worker.ts';
import { checkLedger } from '../ledger/index.ts';

const api = useTestApi();
let runner: PretendRunner;
let worker: RunningWorker;
let artist: Person;
let style: MadeStyle;

beforeAll(async () => {
  runner = await PretendRunner.start(api.database.runnerUrl, api.deps.store);
  worker = await startWorker(api.deps.env, { store: api.deps.store, log: api.deps.log });
  artist = await api.person({ verified: true });
  await makeArtist(api.db, artist.id);
  style = await makeStyle(api.db, artist.id, { title: 'Blue Harbour', forbiddenWords: ['blood', '총'] });
});
afterAll(async () => {
  await worker?.close();
  await runner?.stop();
});

interface Overrides { jobId?: string; count?: number; tags?: string[]; seed?: number; description?: string; expectedPriceTokens?: number; styleId?: string; tryOut?: { checkpointId: string } }
const ask = (person: Person, overrides: Overrides = {}) =>
  person.api.generations.request.mutate({ jobId: randomUUID(), styleId: style.styleId, tags: ['boat', 'Morning  Light'], ratio: '1:1', ...overrides });
const state = (person: Person, jobId: string, wanted: GenerationJobDto['job']['state']) =>
  waitForState(`job ${wanted}`, () => person.api.generations.job.query({ jobId }), ({ job }) => job.state === wanted);
/** Claims until the job's own attempt is there. */
const claimOf = async (jobId: string) => await waitFor('claim', async () => {
  const claim = await runner.claim();
  return claim?.payload.jobId === jobId ? claim : null;
});

describe('a generation, end to end', () => {
  test('is held, made, settled, numbered, licensed, told and shown', async () => {
    const buyer = await api.person();
    await giveTokens(api.db, buyer.id, 10);
    const requested = await ask(buyer, { count: 2, seed: 4_294_967_295, description: 'A <b>boat</b> <script>alert(1)</script>at a < b' });
    expect(requested.job).toMatchObject({ state: 'queued', attempt: 1, runnerOffered: false, canCancel: true, receipt: { held: 24, open: 24 } });
    // Bonus tokens first: the person had 100 of them at sign-up.
    expect(requested.job.receipt?.lines.map(({ bonus, payeeName }) => [bonus, payeeName])).toEqual([[12, 'Mina Seo'], [12, 'Mina Seo']]);
    expect(requested.generations.map(({ seed, tags, description, imageUrl }) => ({ seed, tags, description, imageUrl }))).toEqual([
      { seed: 4_294_967_295, tags: ['boat', 'morning light'], description: 'A boat alert(1)at a < b', imageUrl: null },
      { seed: 0, tags: ['boat', 'morning light'], description: 'A boat alert(1)at a < b', imageUrl: null },
    ]);
    const jobId = requested.job.id;
    const claim = await claimOf(jobId);
    expect(claim.payload.spec).toMatchObject({
      artist: { name: 'Mina Seo', username: artist.username }, style: { title: 'Blue Harbour' }, tags: ['boat', 'morning light'], width: 512, height: 512,
      termsUrl: `http://localhost:3000/terms/${style.styleId}/1`, items: [{ ordinal: 0, seed: 4_294_967_295 }, { ordinal: 1, seed: 0 }],
    });
    await runner.appear();
    await runner.begin(claim);
    await state(buyer, jobId, 'processing');
    const preview = await sharp({ create: { width: 16, height: 16, channels: 3, background: '#345' } }).webp().toBuffer();
    await runner.progress(claim, 3, 0.4, preview);
    const running = await buyer.api.jobs.get.query({ jobId });
    expect(running.progress).toMatchObject({ attempt: 1, sequence: 3, fraction: 0.4, phase: 'refine', previewUrl: expect.stringContaining(jobId) as string });
    const shown = await buyer.request({ method: 'GET', url: running.progress!.previewUrl! });
    expect([shown.statusCode, shown.headers['content-type'], shown.headers['cache-control']]).toEqual([200, 'image/webp', 'no-store']);
    expect((await artist.request({ method: 'GET', url: running.progress!.previewUrl! })).statusCode).toBe(404);
    expect((await api.browser().request({ method: 'GET', url: running.progress!.previewUrl! })).statusCode).toBe(401);

    // The first image settles while the second is still being made.
    const first = await runner.make(claim, 0);
    await runner.report(claim, first);
    const half = await waitForState('first image', () => buyer.api.generations.job.query({ jobId }), ({ generations }) => generations[0]?.state === 'completed');
    expect(half.job).toMatchObject({ state: 'processing', receipt: { settled: 12, open: 12 } });
    expect(await runner.finish(claim, 'ok', [first, await runner.make(claim, 1)])).toBe(true);
    const done = await state(buyer, jobId, 'completed');
    expect(done.job).toMatchObject({ reason: 'ok', receipt: { settled: 24, open: 0, refunded: 0 }, canCancel: false, progress: null });
    expect(done.generations.map(({ number, state: itemState, visibility }) => [number, itemState, visibility])).toEqual([[1, 'completed', 'private'], [2, 'completed', 'private']]);
    expect((await buyer.request({ method: 'GET', url: running.progress!.previewUrl! })).statusCode).toBe(404);

    expect(await api.db.licence.count({ where: { licenseeId: buyer.id, artistId: artist.id, termsVersion: 1 } })).toBe(2);
    expect(await api.db.notification.findMany({ where: { userId: buyer.id }, select: { kind: true, key: true } })).toEqual([{ kind: 'generation_complete', key: jobId }]);
    expect(await buyer.api.tokens.balance.query()).toMatchObject({ available: 86, held: 0, spentThisMonth: 24, toArtistsThisMonth: 24 });
    expect(await artist.api.tokens.balance.query()).toMatchObject({ earnedBonus: 24 });
    expect((await api.db.style.findUniqueOrThrow({ where: { id: style.styleId } }))).toMatchObject({ lastNumber: 2, soldCount: 2 });
    const { items: [entry] } = await buyer.api.tokens.history.query({ filter: 'usage' });
    expect(entry).toMatchObject({ kind: 'job', tokens: -24, held: 0, balanceAfter: 86, jobKind: 'generation', jobState: 'completed', styleTitle: 'Blue Harbour', count: 2, numbers: [1, 2], imageRatio: '1:1' });
    expect(await refusal(artist.api.tokens.receipt.query({ jobId }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await checkLedger(api.db)).toEqual({ ok: true, faults: [] });
  });

  test('an artist pays for their own style, which does not make it popular', async () => {
    const before = await api.db.style.findUniqueOrThrow({ where: { id: style.styleId } });
    const { job } = await ask(artist);
    const claim = await claimOf(job.id);
    await runner.finish(claim, 'ok', [await runner.make(claim)]);
    await state(artist, job.id, 'completed');
    const after = await api.db.style.findUniqueOrThrow({ where: { id: style.styleId } });
    expect([after.lastNumber - before.lastNumber, after.soldCount - before.soldCount]).toEqual([1, 0]);
    expect((await artist.api.tokens.balance.query()).spentThisMonth).toBe(12);
  });
});

describe('requests', () => {
  test('are the same job under the same id, refused when they differ, unknown to others', async () => {
    const buyer = await api.person();
    const jobId = randomUUID();
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(buyer, { jobId })));
    expect(new Set(answers.map((answer) => answer.generations[0]!.id)).size).toBe(1);
    expect(await buyer.api.tokens.balance.query()).toMatchObject({ held: 12 });
    expect(await refusal(ask(buyer, { jobId, count: 2 }))).toMatchObject({ code: 'REQUEST_REUSED' });
    const other = await api.person();
    expect(await refusal(ask(other, { jobId }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(other.api.generations.job.query({ jobId }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(other.api.jobs.cancel.mutate({ jobId }))).toMatchObject({ code: 'NOT_FOUND' });
    // The style is paused meanwhile: the old request still answers, a new one does not.
    await api.db.style.update({ where: { id: style.styleId }, data: { state: 'paused' } });
    expect((await ask(buyer, { jobId })).job.id).toBe(jobId);
    expect(await refusal(ask(buyer))).toMatchObject({ code: 'STYLE_NOT_AVAILABLE' });
    await api.db.style.update({ where: { id: style.styleId }, data: { state: 'published' } });
    await buyer.api.jobs.cancel.mutate({ jobId });
  });

  test('that cannot be are refused by name, and cost nothing', async () => {
    const buyer = await api.person();
    expect(await refusal(ask(buyer, { tags: ['boat', '고양이'] }))).toMatchObject({ code: 'TAG_INVALID', details: { tag: '고양이' } });
    expect(await refusal(ask(buyer, { tags: ['a'.repeat(31)] }))).toMatchObject({ code: 'TAG_INVALID' });
    expect(await refusal(ask(buyer, { tags: ['blood'] }))).toMatchObject({ code: 'FORBIDDEN_WORD', details: { word: 'blood' } });
    expect(await refusal(ask(buyer, { description: '배와 총을 든 사람' }))).toMatchObject({ code: 'FORBIDDEN_WORD', details: { word: '총' } });
    await api.db.tagRule.create({ data: { tag: 'logo', state: 'off' } });
    expect(await refusal(ask(buyer, { tags: ['logo'] }))).toMatchObject({ code: 'TAG_OFF', details: { tag: 'logo' } });
    expect(await refusal(ask(buyer, { expectedPriceTokens: 11 }))).toMatchObject({ code: 'CONFLICT', details: { priceTokens: 12 } });
    expect(await refusal(ask(buyer, { styleId: randomUUID() }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(ask(buyer, { tags: [] }))).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await refusal(ask(buyer, { tags: Array.from({ length: 21 }, (_, n) => `t${n}`) }))).toMatchObject({ code: 'BAD_REQUEST' });
    const dear = await makeStyle(api.db, artist.id, { priceTokens: 60 });
    expect(await refusal(ask(buyer, { styleId: dear.styleId, count: 2 }))).toMatchObject({ code: 'INSUFFICIENT_TOKENS', details: { required: 120, available: 100 } });
    expect(await buyer.api.tokens.balance.query()).toMatchObject({ available: 100, held: 0 });
    expect(await api.db.job.count({ where: { ownerId: buyer.id } })).toBe(0);
  });

  test('two tabs spend the last tokens at once: one of them does', async () => {
    const buyer = await api.person();
    const dear = await makeStyle(api.db, artist.id, { priceTokens: 100 });
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask(buyer, { styleId: dear.styleId }).then(({ job }) => job.id, async (error: unknown) => (await refusal(Promise.reject(error as Error))).code)));
    expect(answers.filter((answer) => answer === 'INSUFFICIENT_TOKENS')).toHaveLength(3);
    await buyer.api.jobs.cancel.mutate({ jobId: answers.find((answer) => answer !== 'INSUFFICIENT_TOKENS')! });
    expect(await buyer.api.tokens.balance.query()).toMatchObject({ available: 100, held: 0 });
  });

  test('for a private try are free, ten a training, given back when not made, for the artist only', async () => {
    const own = await makeStyle(api.db, artist.id, { state: 'draft' });
    const tryOut = { checkpointId: own.checkpointId };
    const stranger = await api.person();
    expect(await refusal(ask(stranger, { styleId: own.styleId, tryOut }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(ask(stranger, { styleId: own.styleId }))).toMatchObject({ code: 'STYLE_NOT_READY' });
    const before = await artist.api.tokens.balance.query();
    const jobs = [await ask(artist, { styleId: own.styleId, tryOut, count: 4 }), await ask(artist, { styleId: own.styleId, tryOut, count: 4 })];
    expect(await refusal(ask(artist, { styleId: own.styleId, tryOut, count: 3 }))).toMatchObject({ code: 'TRY_OUTS_USED_UP', details: { left: 2 } });
    await artist.api.jobs.cancel.mutate({ jobId: jobs[1]!.job.id });
    const third = await ask(artist, { styleId: own.styleId, tryOut, count: 3 });
    await artist.api.jobs.cancel.mutate({ jobId: third.job.id });
    const claim = await claimOf(jobs[0]!.job.id);
    const items = await Promise.all([0, 1, 2, 3].map((ordinal) => runner.make(claim, ordinal)));
    await runner.finish(claim, 'ok', items);
    const done = await state(artist, jobs[0]!.job.id, 'completed');
    expect(done.generations.map(({ number, isTryOut, receipt }) => [number, isTryOut, receipt])).toEqual(Array.from({ length: 4 }, () => [null, true, null]));
    expect(await refusal(artist.api.generations.publish.mutate({ generationId: done.generations[0]!.id }))).toMatchObject({ code: 'FORBIDDEN' });
    expect(await artist.api.tokens.balance.query()).toEqual(before);
    expect((await api.db.style.findUniqueOrThrow({ where: { id: own.styleId } })).lastNumber).toBe(0);
  });
});

describe('images', () => {
  const make = async (buyer: Person) => {
    const { job } = await ask(buyer);
    const claim = await claimOf(job.id);
    await runner.finish(claim, 'ok', [await runner.make(claim)]);
    return (await state(buyer, job.id, 'completed')).generations[0]!;
  };

  test('are private until published, stable and cacheable then, gone when taken back', async () => {
    const buyer = await api.person();
    const visitor = api.browser();
    const made = await make(buyer);
    const thumb = `/images/${made.id}/thumb.webp`;
    expect(made.imageUrl).toContain(api.deps.env.STORE_ORIGIN);
    expect(await refusal(visitor.api.generations.get.query({ generationId: made.id }))).toMatchObject({ code: 'NOT_FOUND' });
    expect((await visitor.request({ method: 'GET', url: thumb })).statusCode).toBe(404);
    expect(await refusal(visitor.api.generations.publish.mutate({ generationId: made.id }))).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await refusal(artist.api.generations.publish.mutate({ generationId: made.id }))).toMatchObject({ code: 'NOT_FOUND' });

    const published = await buyer.api.generations.publish.mutate({ generationId: made.id });
    expect(published).toMatchObject({ visibility: 'public', imageUrl: `/images/${made.id}/full.png`, isMine: true });
    const seen = await visitor.api.generations.get.query({ generationId: made.id });
    expect(seen).toMatchObject({ isMine: false, receipt: null, owner: { username: buyer.username }, artist: { name: 'Mina Seo' }, terms: { version: 1, personal: true } });
    for (const [file, type] of [['thumb.webp', 'image/webp'], ['feed.webp', 'image/webp'], ['full.png', 'image/png']]) {
      const response = await visitor.request({ method: 'GET', url: `/images/${made.id}/${file}` });
      expect([response.statusCode, response.headers['content-type']]).toEqual([200, type]);
      expect(response.headers['cache-control']).toContain('public');
      const again = await visitor.request({ method: 'GET', url: `/images/${made.id}/${file}`, headers: { 'if-none-match': String(response.headers['etag']) } });
      expect([again.statusCode, again.rawPayload.length]).toEqual([304, 0]);
    }
    expect((await visitor.request({ method: 'GET', url: `/images/${made.id}/other.png` })).statusCode).toBe(404);
    expect((await visitor.request({ method: 'GET', url: '/images/none/thumb.webp' })).statusCode).toBe(404);

    const firstPublishedAt = published.publishedAt;
    expect(await buyer.api.generations.unpublish.mutate({ generationId: made.id })).toMatchObject({ visibility: 'private', publishedAt: null });
    expect((await visitor.request({ method: 'GET', url: thumb })).statusCode).toBe(404);
    expect((await buyer.api.generations.publish.mutate({ generationId: made.id })).publishedAt).toBe(firstPublishedAt);
    expect((await buyer.api.generations.describe.mutate({ generationId: made.id, description: '아침 <i>항구</i>' })).description).toBe('아침 항구');
    expect(await refusal(artist.api.generations.describe.mutate({ generationId: made.id, description: 'mine' }))).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('download as they were made, or as JPEG with the metadata kept', async () => {
    const buyer = await api.person();
    const made = await make(buyer);
    expect(await refusal(artist.api.generations.download.mutate({ generationId: made.id, format: 'png' }))).toMatchObject({ code: 'NOT_FOUND' });
    const png = await buyer.api.generations.download.mutate({ generationId: made.id, format: 'png' });
    expect(decodeURIComponent(png.url)).toContain('blue-harbour-no-');
    await Promise.all([buyer.api.generations.download.mutate({ generationId: made.id, format: 'jpeg' }), buyer.api.generations.download.mutate({ generationId: made.id, format: 'jpeg' })]);
    const bytes = await readObject(api.deps.store, `derived/${made.id}/image.jpg`, 1_000_000);
    expect((await sharp(bytes).metadata()).format).toBe('jpeg');
    expect(await exifr.parse(bytes)).toMatchObject({ Artist: 'Mina Seo', Copyright: expect.stringContaining(made.licenceId) as string });
    const waiting = await ask(buyer);
    expect(await refusal(buyer.api.generations.download.mutate({ generationId: waiting.generations[0]!.id, format: 'png' }))).toMatchObject({ code: 'GENERATION_NOT_READY' });
    expect(await refusal(buyer.api.generations.publish.mutate({ generationId: waiting.generations[0]!.id }))).toMatchObject({ code: 'GENERATION_NOT_READY' });
    await buyer.api.jobs.cancel.mutate({ jobId: waiting.job.id });
  });

  test('page through feed, style, person and own lists without gap or repeat', async () => {
    const buyer = await api.person();
    await giveTokens(api.db, buyer.id, 100);
    const made = [];
    for (let n = 0; n < 7; n++) made.push(await make(buyer));
    // Same moment for several: the id decides.
    const at = new Date('2026-01-02T03:04:05.678Z');
    await api.db.generation.updateMany({ where: { id: { in: made.slice(0, 5).map(({ id }) => id) } }, data: { visibility: 'public', publishedAt: at } });
    const all = async (read: (cursor: string | null) => Promise<{ items: { id: string }[]; nextCursor: string | null }>) => {
      const ids: string[] = [];
      for (let cursor: string | null = null; ;) {
        const page = await read(cursor);
        ids.push(...page.items.map(({ id }) => id));
        if (page.nextCursor === null) return ids;
        cursor = page.nextCursor;
      }
    };
    const publicIds = made.slice(0, 5).map(({ id }) => id).toSorted().toReversed();
    const visitor = api.browser();
    expect(await all((cursor) => visitor.api.generations.ofUser.query({ username: buyer.username, cursor, limit: 2 }))).toEqual(publicIds);
    const feed = await all((cursor) => visitor.api.generations.feed.query({ cursor, limit: 2 }));
    expect(feed.filter((id) => publicIds.includes(id))).toEqual(publicIds);
    expect(new Set(feed).size).toBe(feed.length);
    expect((await all((cursor) => visitor.api.generations.ofStyle.query({ styleId: style.styleId, cursor, limit: 3 }))).filter((id) => publicIds.includes(id))).toEqual(publicIds);
    expect(await all((cursor) => buyer.api.generations.mine.query({ cursor, limit: 3 }))).toEqual(made.map(({ id }) => id).toReversed());
    expect(await all((cursor) => buyer.api.generations.mine.query({ cursor, limit: 3, filter: 'private' }))).toEqual(made.slice(5).map(({ id }) => id).toReversed());
    expect(new Set(await all((cursor) => buyer.api.generations.mine.query({ cursor, limit: 3, filter: 'public', styleId: style.styleId })))).toEqual(new Set(publicIds));
    expect(await refusal(visitor.api.generations.ofUser.query({ username: 'nobody_here' }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(visitor.api.generations.feed.query({ cursor: 'rubbish' }))).toMatchObject({ code: 'BAD_REQUEST' });
  });
});

describe('leaving', () => {
  test('takes what one made out of sight, gives back what is held, and leaves licences, numbers and the ledger', async () => {
    const buyer = await api.person();
    const { job } = await ask(buyer, { description: 'my holiday' });
    const claim = await claimOf(job.id);
    await runner.finish(claim, 'ok', [await runner.make(claim)]);
    const made = (await state(buyer, job.id, 'completed')).generations[0]!;
    await buyer.api.generations.publish.mutate({ generationId: made.id });
    const waiting = await ask(buyer);
    await buyer.api.accounts.leave.mutate({ username: buyer.username });
    const visitor = api.browser();
    expect(await refusal(visitor.api.generations.get.query({ generationId: made.id }))).toMatchObject({ code: 'NOT_FOUND' });
    expect((await visitor.request({ method: 'GET', url: `/images/${made.id}/full.png` })).statusCode).toBe(404);
    expect(await refusal(visitor.api.generations.ofUser.query({ username: buyer.username }))).toMatchObject({ code: 'NOT_FOUND' });
    const row = await api.db.generation.findUniqueOrThrow({ where: { id: made.id }, include: { licence: true } });
    expect(row).toMatchObject({ visibility: 'private', description: '', tags: [], number: made.number, licence: { licenseeId: buyer.id } });
    expect((await api.db.objectDeletion.findMany({ select: { key: true } })).map(({ key }) => key)).toEqual(expect.arrayContaining([row.originalKey, row.feedKey, row.thumbnailKey]));
    expect(await api.db.job.findUniqueOrThrow({ where: { id: waiting.job.id } })).toMatchObject({ state: 'cancelled', request: {} });
    expect(await checkLedger(api.db)).toEqual({ ok: true, faults: [] });
  });
});

describe('attempts', () => {
  test('that fail for a passing reason are tried again at no cost; the last failure refunds and tells', async () => {
    const buyer = await api.person();
    const { job } = await ask(buyer, { count: 2 });
    let claim = await claimOf(job.id);
    const first = await runner.make(claim, 0);
    await runner.report(claim, first);
    await runner.finish(claim, 'out_of_memory', [first]);
    const retrying = await state(buyer, job.id, 'retrying');
    expect(retrying.job).toMatchObject({ attempt: 2, receipt: { settled: 12, open: 12 } });
    claim = await claimOf(job.id);
    // Only what is not delivered yet.
    expect(claim.payload).toMatchObject({ attempt: 2, spec: { items: [{ ordinal: 1 }] } });
    await runner.finish(claim, 'bad_input');
    const ended = await state(buyer, job.id, 'partly_completed');
    expect(ended.job).toMatchObject({ reason: 'bad_input', receipt: { settled: 12, refunded: 12, open: 0 } });
    expect(ended.generations.map((generation) => generation.state)).toEqual(['completed', 'failed']);
    expect(await buyer.api.tokens.balance.query()).toMatchObject({ available: 88, held: 0 });
    expect((await api.db.notification.findFirstOrThrow({ where: { userId: buyer.id } })).kind).toBe('generation_failed');
  });

  test('wait as long as the table says, and end after three retries', async () => {
    const buyer = await api.person();
    const { job } = await ask(buyer);
    for (const [attempt, delaySeconds] of [[1, 0], [2, 30], [3, 120]] as const) {
      const claim = await claimOf(job.id);
      expect(claim.payload.attempt).toBe(attempt);
      await runner.finish(claim, 'crashed');
      const waiting = await waitForState('next attempt', () => buyer.api.jobs.get.query({ jobId: job.id }), (dto) => dto.attempt === attempt + 1);
      expect(waiting.state).toBe('retrying');
      const untilMs = waiting.notBefore === null ? 0 : Date.parse(waiting.notBefore) - Date.now();
      expect(Math.abs(untilMs - delaySeconds * 1_000)).toBeLessThan(5_000);
      // Time passes for the queue.
      await api.db.$executeRaw`UPDATE runner.job SET start_after = now() WHERE id = (SELECT dispatch_id FROM jobs WHERE id = ${job.id}::uuid)`;
    }
    await runner.finish(await claimOf(job.id), 'crashed');
    expect((await state(buyer, job.id, 'failed')).job).toMatchObject({ reason: 'crashed', receipt: { refunded: 12 } });
    expect(await buyer.api.tokens.balance.query()).toMatchObject({ available: 100, held: 0 });
  });

  test('reported with files that are not what they are said to be deliver nothing', async () => {
    const buyer = await api.person();
    const { job } = await ask(buyer);
    const claim = await claimOf(job.id);
    const honest = await runner.make(claim);
    if (honest.kind !== 'generation') throw new Error('unreachable');
    const elsewhere = `jobs/${randomUUID()}/1/original.png`;
    await api.deps.store.put(elsewhere, Buffer.from('x'), { contentType: 'image/png' });
    for (const original of [{ ...honest.result.original, sha256: 'b'.repeat(64) }, { ...honest.result.original, bytes: 5 }, { ...honest.result.original, key: elsewhere }, { ...honest.result.original, key: `${honest.result.original.key}.gone.png` }]) {
      await runner.report(claim, { ...honest, result: { ...honest.result, original } });
    }
    await runner.finish(claim, 'ok', [{ ...honest, result: { ...honest.result, original: { ...honest.result.original, sha256: 'c'.repeat(64) } } }]);
    const retrying = await state(buyer, job.id, 'retrying');
    expect(retrying.job).toMatchObject({ attempt: 2, receipt: { settled: 0, open: 12 } });
    await buyer.api.jobs.cancel.mutate({ jobId: job.id });
    expect(await buyer.api.tokens.balance.query()).toMatchObject({ available: 100, held: 0 });
  });

  test('told twice, too late or by a zombie change nothing', async () => {
    const buyer = await api.person();
    const { job } = await ask(buyer);
    const claim = await claimOf(job.id);
    const item = await runner.make(claim);
    // The queue found this claim lost: attempt 2 is on its way.
    await api.db.$executeRaw`UPDATE runner.job SET heartbeat_on = now() - interval '1 hour' WHERE id = ${claim.dispatchId}::uuid`;
    await waitForState('lost attempt', () => buyer.api.jobs.get.query({ jobId: job.id }), (dto) => dto.attempt === 2);
    expect(await runner.touch(claim)).toBe(false);
    expect(await runner.finish(claim, 'ok', [item])).toBe(false);
    await runner.say(runner.finished(claim, 'bad_input'));
    const second = await claimOf(job.id);
    const good = await runner.make(second);
    await runner.finish(second, 'ok', [good]);
    const done = await state(buyer, job.id, 'completed');
    const message = runner.finished(second, 'ok', [good]);
    await Promise.all([runner.say(message), runner.say({ ...message, reason: 'crashed' }), runner.report(second, good)]);
    await waitFor('messages to be read', async () => (await api.db.$queryRaw<unknown[]>`SELECT 1 FROM runner.job WHERE name LIKE 'attempt.%' AND state IN ('created', 'retry', 'active')`).length === 0);
    expect(await buyer.api.generations.job.query({ jobId: job.id })).toEqual(done);
    expect(done.generations[0]?.imageUrl).toContain(`/${job.id}/2/`);
    expect(await buyer.api.tokens.balance.query()).toMatchObject({ available: 88, held: 0 });
    expect(await checkLedger(api.db)).toEqual({ ok: true, faults: [] });
  });
});
