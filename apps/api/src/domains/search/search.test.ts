/** Search against a real database: what finds what, in which order, page by page; and its roll-ups, counted anew beside it. */
import { randomUUID } from 'node:crypto';
import type { SearchSort } from '@style-license/shared';
import type { Prisma } from '@style-license/db';
import { beforeAll, describe, expect, it } from 'vitest';
import { keptPlan } from '../../testing/plan-of.ts';
import { refusal, useTestApi } from '../../testing/api.ts';
import { makeArtist, makeStyle } from '../../testing/gallery.ts';
import { artistsFoundSql, stylesFoundSql, wordsOfSql } from './search.sql.ts';

const api = useTestApi();
const search = () => api.browser().api.search;
const ids: Record<string, string> = {};

interface Made { title: string; titleKo?: string; tags: string[]; artist: string; username: string; sold: number }
const STYLES: Made[] = [
  { title: 'Moonlit Ink', titleKo: '달빛 먹', tags: ['moonlit ink', 'sea', 'night sky'], artist: 'Mina Seo', username: 'mina_seo', sold: 5 },
  { title: 'Paper Gardens', titleKo: '종이 정원', tags: ['paper gardens', 'flower', 'sea'], artist: '김하늘', username: 'skyblue', sold: 9 },
  { title: 'Slow Weather', titleKo: '느린날씨', tags: ['slow weather', 'cloud', 'mountain'], artist: 'Léa Moreau', username: 'lea', sold: 1 },
  { title: 'Quiet Rooms', tags: ['quiet rooms', 'window', 'moon'], artist: '박서연', username: 'seoyeon_park', sold: 1 },
  { title: 'Tide Lines', titleKo: '해안선', tags: ['tide lines', 'sea', 'boat'], artist: 'Cho Ilseok', username: 'ilseok', sold: 0 },
];

async function addTags(styleId: string, tags: string[], count = 10): Promise<void> {
  await api.db.styleTag.createMany({ data: tags.map((tag) => ({ styleId, tag, count })) });
}

beforeAll(async () => {
  for (const [i, { title, titleKo, tags, artist, username, sold }] of STYLES.entries()) {
    const { id } = await api.person({ name: artist });
    await makeArtist(api.db, id, artist);
    await api.db.user.update({ where: { id }, data: { username } });
    const { styleId } = await makeStyle(api.db, id, { title });
    ids[title] = styleId;
    await addTags(styleId, tags);
    await api.db.style.update({ where: { id: styleId }, data: { titleKo: titleKo ?? null, soldCount: sold, publishedAt: new Date(Date.UTC(2026, 0, i + 1)) } });
  }
});

const titles = async (text: string, sort: SearchSort = 'popular') => (await search().styles.query({ text, sort })).items.map(({ title }) => title);
const names = async (text: string) => (await search().artists.query({ text })).items.map(({ person }) => person.name);

describe('styles', () => {
  it.each([
    // by the beginning of a word, whatever the case; all words of it
    ['moon', ['Moonlit Ink', 'Quiet Rooms']], ['MOONL', ['Moonlit Ink']], ['ink moon', ['Moonlit Ink']], ['sea pap', ['Paper Gardens']], ['i', ['Moonlit Ink']],
    // a letter too many, too few, wrong, swapped
    ['gardns', ['Paper Gardens']], ['wether', ['Slow Weather']], ['slwo wether', ['Slow Weather']], ['mountian', ['Slow Weather']], ['papre gardens', ['Paper Gardens']],
    // Korean: whole, begun, half a syllable, without and with its space, one jamo wrong, one vowel wrong
    ['종이', ['Paper Gardens']], ['정원', ['Paper Gardens']], ['종이 정', ['Paper Gardens']], ['저', ['Paper Gardens']], ['종이정원', ['Paper Gardens']], ['느린 날씨', ['Slow Weather']],
    ['종니 정원', ['Paper Gardens']], ['종이 정완', ['Paper Gardens']], ['달빗', ['Moonlit Ink']], ['해얀선', ['Tide Lines']],
    // Korean for an English tag, with what clings to it, several of them, and beside Korean titles
    ['바다', ['Paper Gardens', 'Moonlit Ink', 'Tide Lines']], ['바다와 꽃', ['Paper Gardens']], ['구름과 산이 있는', ['Slow Weather']], ['밤하늘', ['Moonlit Ink']], ['달', ['Moonlit Ink', 'Quiet Rooms']], ['바다 없이', []],
    // the wrong keyboard
    ['whddl', ['Paper Gardens']], ['ㅡㅐㅐㅜ', ['Moonlit Ink', 'Quiet Rooms']],
    // spaces wrong in English
    ['moon lit', ['Moonlit Ink']], ['papergardens', ['Paper Gardens']],
    // a whole name without its spaces, and with a wrong key
    ['papergradens', ['Paper Gardens']], ['종니정원', ['Paper Gardens']], ['whddlwjddnjs', ['Paper Gardens']],
    ['giraffe', []], ['moon giraffe', []],
  ])('«%s» finds %j', async (text, found) => {
    expect((await titles(text)).toSorted()).toEqual(found.toSorted());
  });

  it('says by what each was found, and whether a typing error was forgiven', async () => {
    const found = await search().styles.query({ text: 'moon' });
    expect(found.items.map(({ title, matchedBy }) => [title, matchedBy])).toEqual([['Moonlit Ink', ['title', 'tag']], ['Quiet Rooms', ['tag']]]);
    expect(found.forgiven).toBe(false);
    expect(await search().styles.query({ text: 'wether' })).toMatchObject({ forgiven: true, items: [{ title: 'Slow Weather', matchedBy: ['title', 'tag'] }] });
    expect(await search().styles.query({ text: '창문' })).toMatchObject({ forgiven: false, items: [{ title: 'Quiet Rooms', matchedBy: ['tag'] }] });
    expect((await search().styles.query({ text: 'giraffe' })).forgiven).toBe(false);
    expect((await search().styles.query({})).items[0]?.matchedBy).toEqual([]);
  });

  it('an English word is not the beginning of a Korean one that is typed with the same keys', async () => {
    // 해 is g-o
    expect(await titles('go')).toEqual([]);
    expect(await titles('해')).toEqual(['Tide Lines']);
  });

  it('come in the order asked for', async () => {
    expect(await titles('sea')).toEqual(['Paper Gardens', 'Moonlit Ink', 'Tide Lines']);
    expect(await titles('sea', 'recent')).toEqual(['Tide Lines', 'Paper Gardens', 'Moonlit Ink']);
    expect(await titles('')).toEqual(['Paper Gardens', 'Moonlit Ink', 'Quiet Rooms', 'Slow Weather', 'Tide Lines']);
  });

  it('carry every tag asked for', async () => {
    const tagged = async (tags: string[], text = '') => (await search().styles.query({ tags, text })).items.map(({ title }) => title);
    expect(await tagged(['sea'])).toEqual(['Paper Gardens', 'Moonlit Ink', 'Tide Lines']);
    expect(await tagged(['sea', 'Boat'])).toEqual(['Tide Lines']);
    expect(await tagged(['sea', 'sea'], 'moon')).toEqual(['Moonlit Ink']);
    expect(await tagged(['nothing'])).toEqual([]);
    expect(await refusal(search().styles.query({ tags: ['바다'] }))).toMatchObject({ code: 'TAG_INVALID', details: { tag: '바다' } });
  });

  it.each(['popular', 'recent'] as const)('are walked page by page (%s), none twice and none lost', async (sort) => {
    for (const text of ['sea', '', 'ea', 'slwo wether']) {
      const all = await titles(text, sort);
      const walked: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<ReturnType<typeof search>['styles']['query']>> = await search().styles.query({ text, sort, limit: 1, cursor });
        walked.push(...page.items.map(({ title }) => title));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(walked).toEqual(all);
    }
  });
});

describe('artists', () => {
  it.each([
    ['mina', ['Mina Seo']], ['Mina S', ['Mina Seo']], ['seo', ['Mina Seo', '박서연']], ['minaseo', ['Mina Seo']], ['lea', ['Léa Moreau']], ['léa', ['Léa Moreau']], ['moraeu', ['Léa Moreau']],
    ['김하늘', ['김하늘']], ['김하눌', ['김하늘']], ['서연', []], ['박서', ['박서연']], ['박서언', ['박서연']], ['skyblu', ['김하늘']], ['skybleu', ['김하늘']],
  ])('«%s» finds %j', async (text, found) => {
    expect((await names(text)).toSorted()).toEqual(found.toSorted());
  });

  it('say by what they were found, and what they made', async () => {
    const { items } = await search().artists.query({ text: 'seo' });
    expect(items).toMatchObject([
      { person: { name: 'Mina Seo', username: 'mina_seo' }, matchedBy: ['artist_name', 'username'], styles: 1, generationsSold: 5 },
    ].concat([{ person: { name: '박서연', username: 'seoyeon_park' }, matchedBy: ['username'], styles: 1, generationsSold: 1 }]));
  });
});

describe('everything at once', () => {
  it('answers styles and artists', async () => {
    const { styles, artists } = await search().all.query({ text: 'seo', artists: 1 });
    expect(styles.items).toEqual([]);
    expect(artists).toMatchObject({ items: [{ person: { name: 'Mina Seo' } }], hasMore: true });
    const more = await search().artists.query({ text: 'seo', cursor: artists.nextCursor });
    expect(more.items.map(({ person }) => person.name)).toEqual(['박서연']);
  });
});

describe('what cannot be searched for', () => {
  it.each(['%_\\', '😀', '   ', '\'"&|!:*()', '…', '-'])('«%s» finds nothing, or everything when it is blank, and breaks nothing', async (text) => {
    expect((await search().styles.query({ text })).items).toHaveLength(text.trim() === '' ? 5 : 0);
    expect((await search().artists.query({ text })).items).toHaveLength(text.trim() === '' ? 5 : 0);
    expect((await search().suggest.query({ text })).items).toHaveLength(text.trim() === '' ? 12 : 0);
  });

  it('is refused when too long, with a null character, or with a cursor of another list, order, or none', async () => {
    expect(await refusal(search().styles.query({ text: 'x'.repeat(10_000) }))).toMatchObject({ code: 'BAD_REQUEST' });
    expect((await search().styles.query({ text: 'x'.repeat(100) })).items).toEqual([]);
    expect((await search().styles.query({ text: 'a b c d e f g h i j k l m n o p q r s t u v' })).items).toEqual([]);
    const { nextCursor } = await search().styles.query({ text: 'sea', limit: 1 });
    expect(nextCursor).not.toBeNull();
    expect(await refusal(search().styles.query({ text: 'sea', sort: 'recent', cursor: nextCursor }))).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await refusal(search().artists.query({ text: 'seo', cursor: nextCursor }))).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await refusal(search().styles.query({ cursor: 'garbage' }))).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await refusal(search().styles.query({ cursor: Buffer.from('["s","popular",0,99999999999,0,"x"]').toString('base64url') }))).toMatchObject({ code: 'BAD_REQUEST' });
    const odd = await api.browser().request({ method: 'GET', url: `/trpc/search.styles?input=${encodeURIComponent(JSON.stringify({ text: 'a\u0000b' }))}` });
    expect(odd.statusCode).toBeLessThan(500);
  });
});

describe('tags', () => {
  it('are suggested by their beginning, the most used first, and when misspelt', async () => {
    const suggest = async (text: string) => (await search().suggest.query({ text })).items.map(({ tag }) => tag);
    expect((await search().suggest.query({ text: 'se' })).items).toEqual([{ tag: 'sea', count: 30 }]);
    expect(await suggest('moon')).toEqual(['moon', 'moonlit ink']);
    expect(await suggest('mountian')).toEqual(['mountain']);
    expect((await api.browser().api.styles.tags.query({ q: 'se' })).items).toEqual([{ tag: 'sea', count: 30 }]);
    expect((await api.browser().api.styles.tags.query({ limit: 1 })).items).toEqual([{ tag: 'sea', count: 30 }]);
    expect((await api.browser().api.styles.tags.query({ q: '%' })).items).toEqual([]);
  });
});

/** What the roll-ups must say, counted anew. */
async function expectRollUpsRight(): Promise<void> {
  const words = await api.db.$queryRaw`SELECT scope::text AS scope, word, uses FROM search_words WHERE uses > 0 ORDER BY scope, word`;
  expect(words).toEqual(await api.db.$queryRaw`
    SELECT * FROM (SELECT search_scope_of('s', u.positions)::text AS scope, u.lexeme COLLATE "C" AS word, count(*)::int AS uses FROM style_search_wanted(ARRAY(SELECT id FROM styles)) x, unnest(x.words) u GROUP BY 1, 2
    UNION ALL SELECT search_scope_of('a', u.positions)::text, u.lexeme COLLATE "C", count(*)::int FROM artist_search_wanted(ARRAY(SELECT user_id FROM artists)) x, unnest(x.words) u GROUP BY 1, 2) c ORDER BY scope, word`);
  expect(await api.db.$queryRaw`SELECT tag, styles, artworks FROM tag_counts ORDER BY tag`).toEqual(await api.db.$queryRaw`
    SELECT t.tag COLLATE "C" AS tag, count(*)::int AS styles, sum(t.count)::int AS artworks FROM style_tags t JOIN styles s ON s.id = t.style_id
    WHERE s.state IN ('published', 'paused') AND NOT EXISTS (SELECT 1 FROM tag_rules r WHERE r.tag = t.tag AND r.state = 'off') GROUP BY 1 ORDER BY 1`);
}

describe('the roll-ups', () => {
  it('follow every change: state, title, tags, a tag switched off and on, an artist who goes', async () => {
    await expectRollUpsRight();
    const styleId = ids['Tide Lines']!;
    await api.db.style.update({ where: { id: styleId }, data: { state: 'suspended' } });
    expect(await titles('tide')).toEqual([]);
    await expectRollUpsRight();
    await api.db.style.update({ where: { id: styleId }, data: { state: 'paused' } });
    expect(await titles('tide')).toEqual(['Tide Lines']);
    await api.db.style.update({ where: { id: styleId }, data: { title: 'Ebb Lines' } });
    expect([await titles('tide l'), await titles('ebb')]).toEqual([['Ebb Lines'], ['Ebb Lines']]); // its tag still says tide
    await expectRollUpsRight();
    await api.db.styleTag.deleteMany({ where: { styleId, tag: 'boat' } });
    await api.db.styleTag.updateMany({ where: { styleId, tag: 'sea' }, data: { count: 3 } });
    await expectRollUpsRight();
    expect(await titles('boat')).toEqual([]);
    await api.db.tagRule.create({ data: { tag: 'sea', state: 'off' } });
    await expectRollUpsRight();
    expect([await titles('sea'), (await search().suggest.query({ text: 'sea' })).items]).toEqual([[], []]);
    await api.db.tagRule.update({ where: { tag: 'sea' }, data: { state: 'flagged' } });
    expect(await titles('sea')).toHaveLength(3);
    await expectRollUpsRight();
    await api.db.user.update({ where: { username: 'ilseok' }, data: { state: 'deactivated' } });
    expect(await names('ilseok')).toEqual([]);
    await expectRollUpsRight();
  });

  it('are right after many changes at once', async () => {
    await Promise.all(Object.values(ids).flatMap((styleId, i) => [
      api.db.style.update({ where: { id: styleId }, data: { titleKo: `같은 제목 ${i}`, state: i % 2 === 0 ? 'paused' : 'published' } }),
      addTags(styleId, ['shared', `own ${i}`]),
      api.db.style.update({ where: { id: styleId }, data: { soldCount: { increment: 2 } } }),
    ]));
    await expectRollUpsRight();
    expect(await titles('같은')).toHaveLength(5);
    const sold = await api.db.$queryRaw`SELECT x.user_id, x.sold FROM artist_search x JOIN styles s ON s.artist_id = x.user_id WHERE x.sold <> s.sold_count`;
    expect(sold).toEqual([]);
  });
});

describe('words', () => {
  it('are the keys that type them', async () => {
    expect(await wordsOfSql(api.db, '종이 정원 Léa’s ＭＯＯＮ 값 왠지 ㄳ')).toEqual(['-whddl', '-wjddnjs', 'lea', 's', 'moon', '-rkqt', '-dhoswl', '-rt']);
    expect(await wordsOfSql(api.db, '%_\\ 😀 — ·')).toEqual([]);
  });

  it('are taken apart for every Korean syllable there is', async () => {
    const syllables = Array.from({ length: 11_172 }, (_, i) => String.fromCodePoint(0xac00 + i));
    const words = await wordsOfSql(api.db, syllables.join(' '));
    expect(words).toHaveLength(11_172);
    expect(words.every((word) => /^-[a-z]{2,5}$/.test(word))).toBe(true);
  });
});

describe('plans', () => {
  const weights = { names: `('moon':*A)`, others: `('moon':*B)` };
  const after = { sold: 5, at: new Date(), id: randomUUID() };
  const planOf = async (query: Prisma.Sql): Promise<string> => await api.db.$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL enable_seqscan = off`;
    return await keptPlan(tx, query);
  });

  it.each(['popular', 'recent'] as const)('rare words and tags come out of the index over both, common ones out of the order (%s)', async (sort) => {
    const rare = await planOf(stylesFoundSql({ match: { words: `('moon':*)`, tags: ['sea'], isCommon: false }, sort, after, limit: 25 }, weights));
    expect(rare).toContain('style_search_words');
    const common = await planOf(stylesFoundSql({ match: { words: `('moon':*)`, tags: ['sea'], isCommon: true }, sort, after, limit: 25 }, weights));
    expect(common).toMatch(new RegExp(`Index (Only )?Scan using styles_${sort} on styles`));
    expect(common).toContain('style_search_pkey');
    expect(await planOf(artistsFoundSql({ match: { words: `('moon':*)`, tags: [], isCommon: false }, sort, after, limit: 25 }, weights))).toContain('artist_search_words');
    expect(await planOf(artistsFoundSql({ match: { words: `('moon':*)`, tags: [], isCommon: true }, sort, after, limit: 25 }, weights))).toContain(`artist_search_${sort}`);
  });
});
