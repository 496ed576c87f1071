/** Heads of pages in the HTML itself, robots.txt and the sitemap: what is public is there, and nothing else. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { Prisma } from '@style-license/db';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../http/app.ts';
import { fillPage, keepPages, readBuild } from '../../http/written-pages.ts';
import { apiParts } from '../../parts.ts';
import { createLogger } from '../../platform/logger.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { keptPlan } from '../../testing/plan-of.ts';
import { useTestApi } from '../../testing/api.ts';
import { makeArtist, makeStyle } from '../../testing/gallery.ts';
import { publishedDaysQuery, sitemapDayQuery, SITEMAP_KINDS } from './sitemap.sql.ts';

const api = useTestApi();
const silent = createLogger({ level: 'silent', service: 'test' });
const ORIGIN = 'http://localhost:3000';
let [folder, styleId, generationId, username] = ['', '', '', ''];
let app: FastifyInstance;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'style-license-web-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html>\n<html lang="en">\n<head><meta name="description" content="old" /><title>Style License</title></head><body></body></html>');
  app = await buildApp({ ...apiParts({ ...api.deps, metrics: createMetrics() }), webDist: folder });
  const artist = await api.person({ name: 'Own name' });
  username = artist.username;
  await makeArtist(api.db, artist.id, 'Mina <b>"Seo"</b> & Co');
  const made = await makeStyle(api.db, artist.id, { title: `Moon $& <script>'x'</script>` });
  styleId = made.styleId;
  await api.db.style.update({ where: { id: styleId }, data: { titleKo: '달빛', publishedAt: new Date('2026-01-02T03:04:05Z'), lastNumber: 1284 } });
  const jobId = randomUUID();
  generationId = randomUUID();
  await api.db.job.create({
    data: {
      id: jobId, kind: 'generation', ownerId: artist.id, funding: 'free', state: 'completed', endedAt: new Date(), queue: 'q', turn: 0, waitUntil: new Date(), priceTokens: 0, request: {}, requestHash: '', size: '1:1',
      items: { create: { id: generationId, ordinal: 0, priceTokens: 0, state: 'completed' } },
    },
  });
  await api.db.generation.create({
    data: {
      id: generationId, jobId, styleId, ownerId: artist.id, checkpointId: made.checkpointId, licenceId: '0123456789', termsVersion: 1, state: 'completed', tags: ['lamp', 'night'], ratio: '1:2', seed: 1, closeness: 0.7, number: 1284,
      originalKey: 'o', feedKey: 'f', thumbnailKey: 't', visibility: 'public', publishedAt: new Date('2026-03-04T23:59:59.999Z'),
    },
  });
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});
const get = async (url: string) => await app.inject({ url, headers: { host: 'localhost:3000' } });
const page = async (url: string): Promise<string> => (await get(url)).body;

describe('the head of', () => {
  it('an image names it, its picture and its other language', async () => {
    const html = await page(`/ko/images/${generationId}`);
    expect(html).toContain('<html lang="ko">');
    expect(html).toContain('<title>달빛, 1,284번 · Style License</title>');
    expect(html).toContain(`<meta property="og:image" content="${ORIGIN}/images/${generationId}/feed.webp" />`);
    expect(html).toContain('<meta property="og:image:height" content="1024" />');
    expect(html).toContain(`<link rel="canonical" href="${ORIGIN}/ko/images/${generationId}" />`);
    expect(html).toContain(`<link rel="alternate" hreflang="en" href="${ORIGIN}/en/images/${generationId}" />`);
    expect(html).toContain('<meta name="twitter:card" content="summary_large_image" />');
    expect(html).not.toContain('content="old"');
    expect(html).not.toContain('noindex');
  });

  it('a style and a person escape what people wrote', async () => {
    const html = await page(`/en/styles/${styleId}`);
    expect(html).toContain('<title>Moon $&amp; &lt;script&gt;&#39;x&#39;&lt;/script&gt; by Mina &lt;b&gt;&quot;Seo&quot;&lt;/b&gt; &amp; Co · Style License</title>');
    expect(html).not.toContain("<script>'x'");
    expect(html.match(/<title>/g)).toHaveLength(1);
    expect(html).toContain(`<meta property="og:image" content="${ORIGIN}/images/${generationId}/feed.webp" />`);
    const person = await page(`/en/u/${username}`);
    expect(person).toContain('<title>Mina &lt;b&gt;&quot;Seo&quot;&lt;/b&gt; &amp; Co · Style License</title>');
    expect(person).toContain('<meta property="og:type" content="profile" />');
    expect(person).toContain('1 style, 1 published image on Style License.');
  });

  it('what is not public, not there or one’s own says nothing of itself', async () => {
    await api.db.generation.update({ where: { id: generationId }, data: { hiddenAt: new Date() } });
    await api.db.style.update({ where: { id: styleId }, data: { state: 'suspended' } });
    for (const url of [`/en/images/${generationId}`, `/en/images/${randomUUID()}`, '/en/images/nonsense', `/en/styles/${styleId}`, '/en/u/nobody', '/en/me', '/en/tokens', '/fr/explore', '/en/u/%25', '/en/nothing/here']) {
      const html = await page(url);
      expect([url, html.includes('<title>Style License</title>'), html.includes('content="noindex"'), html.includes('canonical')]).toEqual([url, true, true, false]);
    }
    expect((await get('/en/u/%00')).statusCode).toBeLessThan(500);
    await api.db.generation.update({ where: { id: generationId }, data: { hiddenAt: null } });
    await api.db.style.update({ where: { id: styleId }, data: { state: 'published' } });
  });

  it('open pages may be found', async () => {
    for (const url of ['/', '/en', '/ko/explore', '/en/terms']) expect([url, (await page(url)).includes('noindex')]).toEqual([url, false]);
    expect(await page('/ko/explore')).toContain(`<link rel="canonical" href="${ORIGIN}/ko/explore" />`);
  });
});

/** A writer of pages as small as can be: it asks what the real one asks, and says what it was answered. */
const WRITER = `
export async function writePage({ path, screen, ask }) {
  const [, kind, id] = /\\/(styles|images)\\/([^/]+)/.exec(path) ?? [];
  const asked = kind === 'images' ? ['generations.get', { generationId: id }] : kind === 'styles' ? ['styles.get', { styleId: id }] : ['generations.feed', { scope: 'everyone', cursor: null }];
  const data = await ask(...asked).catch(() => null);
  return data && { html: '<main data-screen="' + screen + '">$& first screen</main>', answers: [{ key: asked, data, at: 0 }], modules: ['src/a.vue'], unless: '(width >= 640px)' };
}`;

describe('the first screen in the page', () => {
  let written: FastifyInstance;
  const PHONE = { host: 'localhost:3000', 'sec-ch-ua-mobile': '?1' };
  const ask = async (url: string, headers: Record<string, string> = PHONE) => await written.inject({ url, headers });
  const answersOf = (html: string): { data: unknown }[] => JSON.parse(/<script type="application\/json" id="answers">(.*?)<\/script>/s.exec(html)?.[1] ?? '[]') as { data: unknown }[];

  beforeAll(async () => {
    const dist = join(folder, 'dist');
    await mkdir(join(dist, '.vite'), { recursive: true });
    await mkdir(join(folder, 'dist-server'));
    await writeFile(join(dist, 'index.html'), '<!doctype html><html><head><link rel="modulepreload" href="/assets/known.js"><title>Style License</title></head><body><div id="app"></div></body></html>');
    await writeFile(join(dist, '.vite/ssr-manifest.json'), JSON.stringify({ 'src/a.vue': ['/assets/a.js', '/assets/a.css', '/assets/known.js', '/assets/a.woff2'] }));
    await writeFile(join(dist, '.vite/manifest.json'), JSON.stringify({ 'src/a.vue': { file: 'assets/a.js' } }));
    await writeFile(join(folder, 'dist-server/package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'dist-server/write-page.js'), WRITER);
    written = await buildApp({ ...apiParts({ ...api.deps, metrics: createMetrics() }), webDist: dist });
  });
  afterAll(async () => {
    await written.close();
  });

  it('has nothing that a visitor may not see: neither hidden or private images nor suspended styles', async () => {
    const isShell = async (url: string): Promise<void> => expect([url, (await ask(url)).body.includes('first screen')]).toEqual([url, false]);
    for (const data of [{ hiddenAt: new Date() }, { hiddenAt: null, visibility: 'private' }]) {
      await api.db.generation.update({ where: { id: generationId }, data });
      await isShell(`/en/images/${generationId}`);
    }
    await api.db.generation.update({ where: { id: generationId }, data: { visibility: 'public' } });
    await api.db.style.update({ where: { id: styleId }, data: { state: 'suspended' } });
    await isShell(`/en/styles/${styleId}`);
    await api.db.style.update({ where: { id: styleId }, data: { state: 'published' } });
    for (const url of [`/en/images/${randomUUID()}`, '/', '/en/explore', '/en/me', '/en/tokens', '/fr', '/en?show=following', `/en/styles/${styleId}?tags=moon`]) await isShell(url);
  });

  it('stands with the answers it was written from, and what people wrote ends no script', async () => {
    for (const url of ['/en', `/ko/styles/${styleId}`, `/en/images/${generationId}`]) {
      const { body, headers } = await ask(url);
      expect([url, body.includes('<div id="app"><main data-screen="phone">$& first screen</main></div>')]).toEqual([url, true]);
      expect(body.match(/<\/script>/g)).toHaveLength(2);
      expect(answersOf(body)).toHaveLength(1);
      expect(String(headers['vary'])).toContain('cookie');
      expect(headers['cache-control']).toBe('no-cache');
    }
    const { body } = await ask(`/en/styles/${styleId}`);
    expect(answersOf(body)[0]!.data).toMatchObject({ id: styleId, title: `Moon $& <script>'x'</script>`, isMine: false });
    expect(body).toContain('<link rel="stylesheet" crossorigin href="/assets/a.css" />');
    expect(body).toContain('id="program">["/assets/a.js"]</script>');
    expect(body.match(/known\.js/g)).toHaveLength(1);
    expect(body).toContain('@media (width >= 640px) { #app { visibility: hidden } }');
  });

  it('is for the screen that asks, and for visitors only: who brings a session gets the program, which knows them', async () => {
    expect((await ask('/en', { host: 'localhost:3000', 'sec-ch-ua-mobile': '?0' })).body).toContain('data-screen="desktop"');
    expect((await ask('/en', { host: 'localhost:3000', 'user-agent': 'Mozilla/5.0 (Linux; Android 14) Mobile Safari/537.36' })).body).toContain('data-screen="phone"');
    expect((await ask('/en', { ...PHONE, cookie: 'sl_session=ended-long-ago' })).body).not.toContain('first screen');
  });

  it('is compressed as the browser takes it', async () => {
    for (const [accept, encoding] of [['gzip, br', 'br'], ['gzip', 'gzip'], ['identity', undefined]] as const) {
      const { headers, rawPayload } = await ask('/en', { ...PHONE, 'accept-encoding': accept });
      expect([accept, headers['content-encoding']]).toEqual([accept, encoding]);
      const html = encoding === 'br' ? brotliDecompressSync(rawPayload) : encoding === 'gzip' ? gunzipSync(rawPayload) : rawPayload;
      expect(html.toString()).toContain('first screen');
    }
  });

  it('is written once for a rush of visitors, and again a few seconds later; what failed is not kept', async () => {
    let [writings, now, fails] = [0, 0, true];
    const page = { html: 'screen', answers: [], modules: [], unless: 'all' };
    const pages = keepPages(async () => {
      writings += 1;
      if (fails) throw new Error('no');
      return await Promise.resolve(page);
    }, { files: {}, imports: {}, start: null }, silent, () => now);
    const request = { url: '/en', screen: 'phone', ask: async () => await Promise.resolve(null), html: '<head></head><div id="app"></div>' } as const;
    expect(await pages(request)).toBeNull();
    fails = false;
    const rush = await Promise.all(Array.from({ length: 20 }, async () => await pages(request)));
    expect(new Set(rush).size).toBe(1);
    expect(rush[0]).toContain('<div id="app">screen</div>');
    expect(writings).toBe(2);
    now = 5_001;
    await pages(request);
    await pages({ ...request, screen: 'desktop' });
    expect(writings).toBe(4);
  });

  it('names the files of its program, each after what it needs, and none that the page has already', () => {
    const chunks = { 'src/app/start.ts': { file: 'assets/start.js', imports: ['_first.js'] }, '_first.js': { file: 'assets/first.js', imports: ['_load.js', '_vue.js'] }, '_vue.js': { file: 'assets/vue.js', imports: ['_load.js'] }, '_load.js': { file: 'assets/load.js' }, 'src/Page.vue': { file: 'assets/Page.js', imports: ['_first.js', '_part.js'] }, '_part.js': { file: 'assets/part.js', imports: ['src/Page.vue'] } };
    const build = readBuild({ 'src/Page.vue': ['/assets/Page.js', '/assets/Page.css'], 'src/Unknown.vue': [] }, chunks);
    const html = fillPage('<html><head><script src="/assets/load.js"></script></head><body><div id="app"></div></body></html>', { html: 'screen', answers: [], modules: ['src/Page.vue', 'src/Unknown.vue', 'src/Else.vue'], unless: 'all' }, build);
    expect(JSON.parse(/id="program">(.*)<\/script>/.exec(html)![1]!)).toEqual(['/assets/vue.js', '/assets/first.js', '/assets/part.js', '/assets/Page.js']);
    expect(html).toContain('<link rel="stylesheet" crossorigin href="/assets/Page.css" />');
  });
});

describe('for search engines', () => {
  it('robots.txt names the sitemap', async () => {
    const response = await get('/robots.txt');
    expect(response.headers['content-type']).toMatch(/^text\/plain/);
    expect(response.body).toContain(`Sitemap: ${ORIGIN}/sitemap.xml`);
    expect(response.body).toContain('Disallow: /*/me');
  });

  it('the sitemap has a page for each day, and each day what was published on it', async () => {
    const index = (await get('/sitemap.xml')).body;
    expect(index).toContain(`<loc>${ORIGIN}/sitemap/images/2026-03-04.xml</loc>`);
    expect(index).toContain(`<loc>${ORIGIN}/sitemap/styles/2026-01-02.xml</loc>`);
    const day = await get('/sitemap/images/2026-03-04.xml');
    expect(day.headers['content-type']).toMatch(/^application\/xml/);
    expect(day.body).toContain(`<loc>${ORIGIN}/ko/images/${generationId}</loc><lastmod>2026-03-04T23:59:59.999Z</lastmod>`);
    expect((await get('/sitemap/images/2026-03-05.xml')).body).not.toContain('<url>');
    expect((await get('/sitemap/pages.xml')).body).toContain(`<loc>${ORIGIN}/en/explore</loc>`);
    const artists = [...index.matchAll(/sitemap\/artists\/([\d-]+)\.xml/g)];
    expect((await get(`/sitemap/artists/${artists[0]![1]}.xml`)).body).toContain(`/en/u/${username}</loc>`);
    for (const url of ['/sitemap/images/never.xml', '/sitemap/images/2026-13-45.xml', '/sitemap/secrets/2026-03-04.xml']) expect([url, (await get(url)).statusCode]).toEqual([url, 404]);
  });

  it.each(SITEMAP_KINDS)('%s come out of the index of their list', async (kind) => {
    const plans = await api.db.$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL enable_seqscan = off`;
      await tx.$executeRaw`SET LOCAL enable_bitmapscan = off`;
      await tx.$executeRaw`SET LOCAL enable_sort = off`;
      const explain = async (query: Prisma.Sql): Promise<string> => await keptPlan(tx, query);
      return [await explain(publishedDaysQuery(kind)), await explain(sitemapDayQuery(kind, '2026-03-04'))];
    });
    const index = { images: 'generations_feed', styles: 'styles_recent', artists: 'artist_search_recent' }[kind];
    for (const plan of plans) expect(plan).toMatch(new RegExp(`Index (Only )?Scan using ${index}`));
  });
});
