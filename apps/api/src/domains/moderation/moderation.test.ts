/** From a report to an appeal, with who may see and do what. */
import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keptPlan } from '../../testing/plan-of.ts';
import { refusal, useTestApi, type Person } from '../../testing/api.ts';
import { makeArtist, makeStyle } from '../../testing/gallery.ts';
import { casesSql } from './moderation.queries.ts';

const api = useTestApi();
let [artist, author, reader, admin]: Person[] = [];
let [styleId, checkpointId, generationId, commentId] = ['', '', '', ''];
const NOTE = 'It copies a photograph that is not theirs.';

beforeAll(async () => {
  [artist, author, reader, admin] = await Promise.all([api.person(), api.person(), api.person(), api.person({ admin: true })]);
  await makeArtist(api.db, artist.id);
});

async function makeGeneration(visibility: 'public' | 'private' = 'public'): Promise<string> {
  const [jobId, id] = [randomUUID(), randomUUID()];
  await api.db.job.create({
    data: {
      id: jobId, kind: 'generation', ownerId: author!.id, funding: 'free', state: 'completed', endedAt: new Date(), queue: 'q', turn: 0, waitUntil: new Date(), priceTokens: 0, request: {}, requestHash: '', size: '1:1',
      items: { create: { id, ordinal: 0, priceTokens: 0, state: 'completed' } },
    },
  });
  await api.db.generation.create({
    data: {
      id, jobId, styleId, ownerId: author!.id, checkpointId, licenceId: randomUUID().replaceAll('-', '').toUpperCase().slice(0, 10), termsVersion: 1, state: 'completed', tags: ['lamp'], ratio: '1:1', seed: 1, closeness: 0.7,
      originalKey: 'o', feedKey: 'f', thumbnailKey: 't', visibility, publishedAt: visibility === 'public' ? new Date() : null,
    },
  });
  return id;
}

beforeEach(async () => {
  await api.db.style.updateMany({ where: { artistId: artist!.id }, data: { state: 'paused' } });
  ({ styleId, checkpointId } = await makeStyle(api.db, artist!.id, { title: `Copied ${randomUUID().slice(0, 8)}` }));
  generationId = await makeGeneration();
  commentId = (await api.db.comment.create({ data: { generationId, authorId: author!.id, text: 'Rude words' } })).id;
});

type Kind = 'generation' | 'comment' | 'style';
const subjectOf = (kind: Kind) => ({ kind, id: { generation: generationId, comment: commentId, style: styleId }[kind] });
const report = async (kind: Kind, by: Person = reader!, reason: 'copied' | 'spam' = 'copied', words = '') => await by.api.moderation.report.mutate({ subject: subjectOf(kind), reason, words });
const openCase = async (kind: Kind) => (await admin!.api.moderation.cases.query({ limit: 100 })).items.find(({ subject }) => subject.id === subjectOf(kind).id);
const acts = async (id: string) => (await admin!.api.admin.acts.query({ limit: 100 })).items.filter(({ subject }) => subject.id === id).map(({ act, reason }) => [act, reason]);
const told = async (person: Person) => (await person.api.notifications.list.query({})).items.filter(({ kind }) => kind === 'moderation');

describe('a report', () => {
  it.each(['generation', 'comment', 'style'] as const)('of a %s meets others in one open case, each person once', async (kind) => {
    expect(await report(kind, reader, 'copied', '<b>Look</b> here')).toEqual({ already: false });
    expect(await report(kind, reader, 'spam')).toEqual({ already: true });
    const others = await Promise.all([api.person(), api.person(), api.person()]);
    await Promise.all(others.map((other) => report(kind, other, 'spam')));
    expect(await openCase(kind)).toMatchObject({ state: 'open', reportCount: 4, reasons: [{ reason: 'spam', count: 3 }, { reason: 'copied', count: 1 }], words: ['Look here'] });
    expect(await api.db.moderationCase.count({ where: { subjectId: subjectOf(kind).id } })).toBe(1);
  });

  it('of one’s own, of what one cannot see, of nothing, or of nonsense is refused', async () => {
    expect(await refusal(report('generation', author))).toMatchObject({ code: 'REPORT_OWN' });
    expect(await refusal(report('style', artist))).toMatchObject({ code: 'REPORT_OWN' });
    generationId = await makeGeneration('private');
    expect(await refusal(report('generation'))).toMatchObject({ code: 'NOT_FOUND' });
    generationId = randomUUID();
    expect(await refusal(report('generation'))).toMatchObject({ code: 'NOT_FOUND' });
    await api.db.comment.update({ where: { id: commentId }, data: { text: '', deletedAt: new Date() } });
    expect(await refusal(report('comment'))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(reader!.api.moderation.report.mutate({ subject: subjectOf('style'), reason: 'copied', words: 'x'.repeat(1_001) }))).toMatchObject({ code: 'BAD_REQUEST' });
  });
});

describe('what is hidden', () => {
  it('is gone for others, and its owner is told why, once; it comes back as it was', async () => {
    await report('generation');
    const { caseId } = (await openCase('generation'))!;
    await admin!.api.moderation.hide.mutate({ caseId, reason: 'copied', note: NOTE });
    expect(await refusal(reader!.api.generations.get.query({ generationId }))).toMatchObject({ code: 'NOT_FOUND' });
    expect((await reader!.api.generations.feed.query({})).items.map(({ id }) => id)).not.toContain(generationId);
    expect((await api.app.inject({ url: `/images/${generationId}/feed.webp`, headers: { host: 'localhost:3000' } })).statusCode).toBe(404);
    expect(await author!.api.generations.get.query({ generationId })).toMatchObject({ hidden: true });
    const { title } = await api.db.style.update({ where: { id: styleId }, data: { titleKo: '느린 날씨' } });
    expect(await author!.api.moderation.noticeOf.query(subjectOf('generation'))).toMatchObject({ caseId, reason: 'copied', note: NOTE, state: 'hidden', subject: { text: title, textKo: '느린 날씨' } });
    expect(await reader!.api.moderation.noticeOf.query(subjectOf('generation'))).toBeNull();
    expect(await refusal(reader!.api.moderation.notice.query({ caseId }))).toMatchObject({ code: 'NOT_FOUND' });
    const [notification, more] = await told(author!);
    expect([notification?.values, more]).toEqual([expect.objectContaining({ caseId, step: 'hidden', reason: 'copied', subject: 'generation' }), undefined]);
    expect(await refusal(admin!.api.moderation.hide.mutate({ caseId, reason: 'spam', note: NOTE }))).toMatchObject({ code: 'CASE_DECIDED' });

    await admin!.api.moderation.restore.mutate({ caseId, note: 'A mistake of ours.' });
    expect(await reader!.api.generations.get.query({ generationId })).toMatchObject({ hidden: false });
    expect(await acts(generationId)).toEqual([['restore', 'A mistake of ours.'], ['hide', NOTE]]);
    expect(await told(author!)).toHaveLength(2);
    expect(await refusal(admin!.api.moderation.restore.mutate({ caseId, note: 'Again.' }))).toMatchObject({ code: 'CASE_DECIDED' });
  });

  it('a comment keeps its place without its words, which its author still finds with the reason', async () => {
    await report('comment');
    const { caseId } = (await openCase('comment'))!;
    await admin!.api.moderation.hide.mutate({ caseId, reason: 'harassment', note: NOTE });
    expect((await reader!.api.community.threads.query({ generationId })).items[0]).toMatchObject({ state: 'hidden', text: '' });
    expect(await author!.api.moderation.notice.query({ caseId })).toMatchObject({ subject: { kind: 'comment', text: 'Rude words' }, reason: 'harassment' });
    expect(await api.db.generation.findUnique({ where: { id: generationId }, select: { commentCount: true } })).toEqual({ commentCount: 0 });
  });

  it('a style is suspended: out of search, nothing new is sold, licences stand', async () => {
    await report('style');
    const { title } = await reader!.api.styles.get.query({ styleId });
    expect((await reader!.api.search.styles.query({ text: title })).items).toHaveLength(1);
    const { caseId } = (await openCase('style'))!;
    await admin!.api.moderation.hide.mutate({ caseId, reason: 'copied', note: NOTE });
    expect((await reader!.api.search.styles.query({ text: title })).items).toEqual([]);
    const asked = { jobId: randomUUID(), styleId, tags: ['lamp'], ratio: '1:1' as const, expectedPriceTokens: 12 };
    expect(await refusal(reader!.api.generations.request.mutate(asked))).toMatchObject({ code: 'STYLE_NOT_AVAILABLE' });
    expect(await refusal(artist!.api.styles.resume.mutate({ styleId }))).toMatchObject({ code: 'STYLE_NOT_AVAILABLE' });
    expect(await reader!.api.generations.get.query({ generationId })).toMatchObject({ id: generationId });
    expect(await acts(styleId)).toEqual([['suspend_style', NOTE]]);
    await admin!.api.moderation.restore.mutate({ caseId, note: 'Settled with the photographer.' });
    expect(await reader!.api.styles.get.query({ styleId })).toMatchObject({ state: 'published' });
    expect((await reader!.api.search.styles.query({ text: title })).items).toHaveLength(1);
  });

  it('nothing, when the reports are dismissed; a new one opens another case', async () => {
    const before = (await told(author!)).length;
    await report('generation');
    const { caseId } = (await openCase('generation'))!;
    await admin!.api.moderation.dismiss.mutate({ caseId, note: 'Nothing wrong with it.' });
    expect(await openCase('generation')).toBeUndefined();
    expect(await told(author!)).toHaveLength(before);
    expect(await refusal(author!.api.moderation.notice.query({ caseId }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await report('generation')).toEqual({ already: false });
    expect((await openCase('generation'))?.caseId).not.toBe(caseId);
  });
});

describe('an appeal', () => {
  const hidden = async (): Promise<string> => {
    await report('generation');
    const { caseId } = (await openCase('generation'))!;
    await admin!.api.moderation.hide.mutate({ caseId, reason: 'copied', note: NOTE });
    return caseId;
  };

  it('is the owner’s, once; granted, what was hidden comes back', async () => {
    const caseId = await hidden();
    expect(await refusal(reader!.api.moderation.appeal.mutate({ caseId, text: 'mine' }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(author!.api.moderation.appeal.mutate({ caseId, text: '  ' }))).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await author!.api.moderation.appeal.mutate({ caseId, text: 'I took the photograph myself.' })).toMatchObject({ appeal: { text: 'I took the photograph myself.', outcome: null } });
    expect(await refusal(author!.api.moderation.appeal.mutate({ caseId, text: 'again' }))).toMatchObject({ code: 'APPEAL_USED' });
    expect((await admin!.api.moderation.cases.query({ filter: 'appealed' })).items.map((one) => one.caseId)).toEqual([caseId]);
    await admin!.api.moderation.decideAppeal.mutate({ caseId, outcome: 'granted', note: 'The photograph is yours.' });
    expect(await reader!.api.generations.get.query({ generationId })).toMatchObject({ id: generationId });
    expect(await author!.api.moderation.notice.query({ caseId })).toMatchObject({ state: 'restored', appeal: { outcome: 'granted', note: 'The photograph is yours.' } });
    expect((await told(author!))[0]?.values).toMatchObject({ step: 'appeal_granted', subject: 'generation', reason: 'copied', caseId });
    expect((await acts(generationId))[0]).toEqual(['grant_appeal', 'The photograph is yours.']);
    expect(await refusal(admin!.api.moderation.decideAppeal.mutate({ caseId, outcome: 'refused', note: 'Again.' }))).toMatchObject({ code: 'CASE_DECIDED' });
  });

  it('refused, it stays hidden, and there is no second', async () => {
    const caseId = await hidden();
    await author!.api.moderation.appeal.mutate({ caseId, text: 'Please.' });
    await admin!.api.moderation.decideAppeal.mutate({ caseId, outcome: 'refused', note: 'It is the same photograph.' });
    expect(await refusal(reader!.api.generations.get.query({ generationId }))).toMatchObject({ code: 'NOT_FOUND' });
    expect((await told(author!))[0]?.values).toMatchObject({ step: 'appeal_refused' });
    expect(await refusal(author!.api.moderation.appeal.mutate({ caseId, text: 'Please!' }))).toMatchObject({ code: 'APPEAL_USED' });
  });

  it('two decisions at once are one', async () => {
    const caseId = await hidden();
    const decisions = await Promise.allSettled([1, 2, 3, 4].map(() => admin!.api.moderation.restore.mutate({ caseId, note: 'A mistake of ours.' })));
    expect(decisions.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await acts(generationId)).toHaveLength(2);
  });
});

describe('tags', () => {
  it('are flagged, switched off and on, each with its reason; one that is off cannot be used or found', async () => {
    await api.db.styleTag.create({ data: { styleId, tag: 'gory', count: 4 } });
    const state = async () => (await admin!.api.moderation.tags.query({ text: 'gor' })).items;
    expect(await state()).toEqual([{ tag: 'gory', state: 'on', artworks: 4 }]);
    await admin!.api.moderation.setTag.mutate({ tag: 'Gory', state: 'flagged', note: 'Look at these.' });
    expect(await state()).toEqual([{ tag: 'gory', state: 'flagged', artworks: 4 }]);
    await admin!.api.moderation.setTag.mutate({ tag: 'gory', state: 'off', note: 'Not here.' });
    expect(await state()).toEqual([{ tag: 'gory', state: 'off', artworks: 0 }]);
    expect((await reader!.api.search.styles.query({ text: 'gory' })).items).toEqual([]);
    expect((await admin!.api.moderation.tags.query({})).items).toEqual([{ tag: 'gory', state: 'off', artworks: 0 }]);
    const asked = { jobId: randomUUID(), styleId, tags: ['gory'], ratio: '1:1' as const, expectedPriceTokens: 12 };
    expect(await refusal(reader!.api.generations.request.mutate(asked))).toMatchObject({ code: 'TAG_OFF' });
    await admin!.api.moderation.setTag.mutate({ tag: 'gory', state: 'on', note: 'Discussed.' });
    expect((await reader!.api.search.styles.query({ text: 'gory' })).items).toHaveLength(1);
    expect(await acts('gory')).toEqual([['switch_tag_on', 'Discussed.'], ['switch_tag_off', 'Not here.'], ['flag_tag', 'Look at these.']]);
    expect(await refusal(admin!.api.moderation.setTag.mutate({ tag: '바다', state: 'off', note: 'Not English.' }))).toMatchObject({ code: 'TAG_INVALID' });
  });
});

it('lists come out of their indexes, page by page', async () => {
  const { nextCursor } = await admin!.api.moderation.cases.query({ filter: 'decided', limit: 1 });
  expect(nextCursor).not.toBeNull();
  expect(await refusal(admin!.api.moderation.cases.query({ filter: 'open', cursor: nextCursor }))).toMatchObject({ code: 'BAD_REQUEST' });
  const plans = await api.db.$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL enable_seqscan = off`;
    await tx.$executeRaw`SET LOCAL enable_sort = off`;
    await tx.$executeRaw`SET LOCAL enable_bitmapscan = off`;
    return await Promise.all((['open', 'appealed'] as const).map(async (filter) =>
      await keptPlan(tx, casesSql(filter, { at: new Date(), id: randomUUID() }, 25))));
  });
  expect(plans[0]).toContain('moderation_cases_state_opened_at_id_idx');
  expect(plans[1]).toContain('moderation_cases_appealed');
});
