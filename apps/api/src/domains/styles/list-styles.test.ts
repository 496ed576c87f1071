/** Lists of styles: order, cursors that lose nothing, tags, text, and the indexes that serve them. */
import { randomUUID } from 'node:crypto';
import type { StyleCardDto } from '@style-license/shared';
import { beforeAll, describe, expect, it } from 'vitest';
import { refusal, useTestApi } from '../../testing/api.ts';
import { useStudio } from './testing/studio.ts';

const api = useTestApi();
const studio = useStudio(api);
const TITLES = ['Moonlit Ink', 'Moon Harbour', 'Paper Gardens', 'Quiet Rooms', 'Slow Weather', 'Tide Lines', 'Warm Static'];
const ids: Record<string, string> = {};
const browser = () => api.browser().api.styles;
const titles = (items: StyleCardDto[]): string[] => items.map(({ title }) => title);

beforeAll(async () => {
  for (const [i, title] of TITLES.entries()) {
    const { styleId, artist } = await studio.published({ title });
    ids[title] = styleId;
    await api.db.$executeRaw`DELETE FROM style_tags WHERE style_id = ${styleId}::uuid`;
    const tags = [title.toLowerCase(), ...(i % 2 === 0 ? ['sea'] : []), ...(i % 3 === 0 ? ['night'] : [])];
    await api.db.styleTag.createMany({ data: tags.map((tag) => ({ styleId, tag, count: 10 })) });
    // Three of them in the same millisecond, and two sold as often.
    const publishedAt = new Date(Date.UTC(2026, 0, 1 + Math.max(0, i - 2)));
    await api.db.style.update({ where: { id: styleId }, data: { publishedAt, soldCount: i < 5 ? i : 4, titleKo: i === 2 ? '종이 정원' : null } });
    if (title === 'Tide Lines') await artist.api.styles.pause.mutate({ styleId });
  }
});

describe('order and pages', () => {
  it.each(['recent', 'popular'] as const)('walks %s page by page and loses none', async (sort) => {
    const all = (await browser().list.query({ sort, limit: 100 })).items;
    expect(new Set(titles(all))).toEqual(new Set(TITLES));
    const walked: StyleCardDto[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<ReturnType<typeof browser>['list']['query']>> = await browser().list.query({ sort, limit: 2, cursor });
      expect(page.hasMore).toBe(page.nextCursor !== null);
      walked.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(titles(walked)).toEqual(titles(all));
  });

  it('puts the newest, or the most sold and then the newest, first', async () => {
    expect(titles((await browser().list.query({ sort: 'recent', limit: 3 })).items)).toEqual(['Warm Static', 'Tide Lines', 'Slow Weather']);
    expect(titles((await browser().list.query({ limit: 3 })).items)).toEqual(['Warm Static', 'Tide Lines', 'Slow Weather']);
    await api.db.style.update({ where: { id: ids['Moonlit Ink']! }, data: { soldCount: 9 } });
    expect(titles((await browser().list.query({ sort: 'popular', limit: 2 })).items)).toEqual(['Moonlit Ink', 'Warm Static']);
  });

  it('refuses a cursor of another order, or none at all', async () => {
    const { nextCursor } = await browser().list.query({ sort: 'recent', limit: 1 });
    expect(await refusal(browser().list.query({ sort: 'popular', cursor: nextCursor }))).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await refusal(browser().list.query({ cursor: 'nonsense' }))).toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('is served by its index, as one row value', async () => {
    const plan = await api.db.$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL enable_seqscan = off`;
      return await tx.$queryRaw<{ 'QUERY PLAN': string }[]>`
        EXPLAIN SELECT s.id FROM styles s WHERE s.state IN ('published', 'paused') AND (s.published_at, s.id) < (now(), ${randomUUID()}::uuid) ORDER BY s.published_at DESC, s.id DESC LIMIT 24`;
    });
    const text = plan.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).toContain('styles_recent');
    expect(text).toMatch(/Index Cond: \(ROW\(published_at, id\) <|Index Cond: \(\(published_at/);
    expect(text).not.toContain('Sort');
  });
});

describe('filters', () => {
  it('lists one artist’s', async () => {
    const { artist } = await browser().get.query({ styleId: ids['Quiet Rooms']! });
    expect(titles((await browser().list.query({ username: artist.username })).items)).toEqual(['Quiet Rooms']);
    expect((await browser().list.query({ username: 'nobody_here' })).items).toEqual([]);
  });

  it('counts tags over public styles, by prefix', async () => {
    expect((await browser().tags.query({ q: 'se' })).items).toEqual([{ tag: 'sea', count: 40 }]);
    const { items } = await browser().tags.query({ limit: 2 });
    expect(items.map(({ tag }) => tag)).toEqual(['sea', 'night']);
    expect((await browser().tags.query({ q: '%' })).items).toEqual([]);
  });
});

describe('what a style is shown by', () => {
  it('is its training’s samples until three images are published', async () => {
    const styleId = ids['Quiet Rooms']!;
    const { checkpointId, artistId } = await api.db.style.findUniqueOrThrow({ where: { id: styleId } });
    const samples = async () => (await browser().get.query({ styleId })).samples.map(({ generationId }) => generationId);
    const made: string[] = [];
    const publish = async () => {
      const [jobId, id] = [randomUUID(), randomUUID()];
      const job = { id: jobId, kind: 'generation', funding: 'free', state: 'completed', endedAt: new Date(), queue: 'q', turn: 0, waitUntil: new Date(), priceTokens: 0, request: {}, requestHash: '', size: '1:1' };
      await api.db.job.create({ data: { ...job, items: { create: { id, ordinal: 0, priceTokens: 0, state: 'completed' } } } });
      await api.db.generation.create({
        data: {
          id, jobId, styleId, ownerId: artistId, checkpointId: checkpointId!, licenceId: randomUUID().replaceAll('-', '').toUpperCase().slice(0, 10), termsVersion: 1, state: 'completed', tags: ['lamp'],
          ratio: '1:2', seed: 1, closeness: 0.7, originalKey: 'o', feedKey: 'f', thumbnailKey: 't', visibility: 'public', publishedAt: new Date(Date.UTC(2026, 1, made.length + 1)),
        },
      });
      made.unshift(id);
    };
    expect(await samples()).toEqual([null, null, null, null]);
    await publish();
    await publish();
    expect(await samples()).toEqual([...made, null, null, null, null]);
    await publish();
    expect(await samples()).toEqual(made);
    const [first] = (await browser().get.query({ styleId })).samples;
    expect(first).toMatchObject({ imageUrl: `/images/${made[0]}/feed.webp`, ratio: '1:2', alt: 'lamp, Quiet Rooms' });
  });
});
