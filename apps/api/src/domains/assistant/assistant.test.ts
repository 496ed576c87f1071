import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useTestApi, refusal, type Person } from '../../testing/api.ts';
import { openLanguageModel, estimateTokens } from '../../platform/language-model/index.ts';
import { chooseTags } from './choose-tags.ts';
import { completes, hangs, hangsUp, refuses, says, startModelServer, type ModelServer } from './testing/model-server.ts';

let server: ModelServer;
beforeAll(async () => { server = await startModelServer(); });
afterAll(async () => { await server.close(); });
const TIMEOUT_MS = 1_000;
const api = useTestApi({ env: () => ({ LLM_BASE_URL: server.url, LLM_MODEL: 'test-model', LLM_API_KEY: 'secret', LLM_TIMEOUT_MS: String(TIMEOUT_MS) }) });

/** A style as the assistant sees one: tags with counts, words that its artist forbids. */
async function makeStyle(artist: Person, over: { state?: string; forbiddenWords?: string[] } = {}): Promise<string> {
  const styleId = randomUUID();
  await api.db.$transaction(async (tx) => {
    await tx.artist.upsert({ where: { userId: artist.id }, update: {}, create: { userId: artist.id, artistName: 'Haneul Seo', signatureKey: `s/${styleId}`, signatureSha256: 'x', signatureBytes: 1, signatureWidth: 1, signatureHeight: 1 } });
    await tx.style.create({ data: { id: styleId, artistId: artist.id, title: `Slow ${styleId.slice(0, 8)}`, priceTokens: 12, state: 'draft', forbiddenWords: over.forbiddenWords ?? [] } });
    await tx.styleTag.createMany({ data: Object.entries({ mountains: 9, moon: 7, night: 6, sea: 4, 'red sun': 3, pear: 2, wall: 1 }).map(([tag, count]) => ({ styleId, tag, count })) });
    if (over.state === 'published') {
      const jobId = randomUUID();
      await tx.job.create({ data: { id: jobId, kind: 'training', ownerId: artist.id, funding: 'free', state: 'completed', endedAt: new Date(), queue: 'training.builtin', turn: 1, waitUntil: new Date(), priceTokens: 0, request: {}, requestHash: '', styleId } });
      const checkpoint = await tx.checkpoint.create({ data: { id: randomUUID(), styleId, jobId, epoch: 1, weightsKey: `w/${styleId}`, weightsSha256: 'x', weightsBytes: 1, samples: [] } });
      await tx.style.update({ where: { id: styleId }, data: { state: 'published', checkpointId: checkpoint.id, publishedAt: new Date() } });
    }
  });
  return styleId;
}

let artist: Person;
let styleId: string;
beforeAll(async () => {
  artist = await api.person();
  styleId = await makeStyle(artist, { state: 'published', forbiddenWords: ['wall'] });
});
const suggest = async (person: Person, text: string, by: 'best' | 'dictionary' = 'best') => await person.api.assistant.suggest.mutate({ styleId, text, by });

describe('with the built-in dictionary', () => {
  it('gives what the style knows first, in its spelling, tells the rest, and costs nothing', async () => {
    const person = await api.person();
    const answer = await suggest(person, '도시의 고요한 밤, 붉은 해와 산들 그리고 배. 사람 없이, 벽도 쿨럭스하게', 'dictionary');
    expect(answer).toMatchObject({ by: 'dictionary', model: null, modelFailure: null, quota: null });
    expect(answer.tags.filter(({ known }) => known).map(({ tag }) => tag)).toEqual(['night', 'red sun', 'mountains', 'pear']);
    expect(answer.tags.filter(({ known }) => !known).map(({ tag }) => tag)).toEqual(['city', 'quiet']);
    expect(answer.leftOut).toEqual([{ word: 'person', why: 'negated' }, { word: 'wall', why: 'forbidden' }]);
    expect(answer.notUnderstood).toEqual(['쿨럭스하게']);
    expect(await api.db.quota.count({ where: { userId: person.id } })).toBe(0);
    expect(server.asked).toHaveLength(0);
  });

  it('answers visitors, and nobody about a style that is not theirs to see', async () => {
    const visitor = api.browser();
    expect((await visitor.api.assistant.suggest.mutate({ styleId, text: 'moon over the sea' })).tags.map(({ tag }) => tag)).toEqual(['moon', 'sea']);
    const draft = await makeStyle(artist);
    expect((await refusal(visitor.api.assistant.suggest.mutate({ styleId: draft, text: 'moon' }))).code).toBe('NOT_FOUND');
    expect((await artist.api.assistant.suggest.mutate({ styleId: draft, text: 'moon', by: 'dictionary' })).tags).toHaveLength(1);
    expect((await refusal(visitor.api.assistant.suggest.mutate({ styleId, text: '   ' }))).code).toBe('BAD_REQUEST');
  });

  it('leaves out tags that an administrator switched off', async () => {
    await api.db.tagRule.create({ data: { tag: 'sea', state: 'off' } });
    const answer = await suggest(artist, '바다와 달', 'dictionary');
    expect(answer.tags.map(({ tag }) => tag)).toEqual(['moon']);
    expect(answer.leftOut).toEqual([{ word: 'sea', why: 'off' }]);
    await api.db.tagRule.delete({ where: { tag: 'sea' } });
  });

  it('never gives more than twenty', () => {
    const words = Array.from({ length: 25 }, (_, n) => `word ${n}`);
    const chosen = chooseTags(words.map((word) => ({ said: word, english: [word], joined: false, negated: false })), { tags: [{ tag: 'word 24', count: 1 }], refused: () => null });
    expect(chosen.tags).toHaveLength(20);
    expect(chosen.tags[0]).toMatchObject({ tag: 'word 24', known: true });
    expect(chosen.leftOut).toHaveLength(5);
  });

  it('says what English tags are called in Korean', async () => {
    const { meanings } = await artist.api.assistant.meanings.query({ tags: ['sea', 'mountains', 'quiet', 'walking', 'no such thing'] });
    expect(meanings).toEqual({ sea: '바다', mountains: '산들', quiet: '고요한', walking: '걷기' });
    expect((await artist.api.assistant.tagsMeaning.query({ text: '바다' })).items[0]).toEqual({ tag: 'sea', meaning: '바다' });
    expect((await artist.api.assistant.tagsMeaning.query({ text: '쿨럭' })).items).toEqual([]);
  });
});

describe('with a language model', () => {
  const good = JSON.stringify({ tags: ['Mountain', 'moon', 'lantern festival', 'a tag that is far too long to be one of ours', 'wall', '달'], leftOut: ['감사합니다'] });

  it('asks once, shows it the style’s tags, believes only what can be a tag, and settles by its count', async () => {
    const person = await api.person();
    server.behave(completes(`Sure!\n\`\`\`json\n${good}\n\`\`\``));
    const answer = await suggest(person, '산 위의 달, 연등 축제');
    expect(answer).toMatchObject({
      by: 'model', model: 'test-model', modelFailure: null, notUnderstood: ['감사합니다'], leftOut: [{ word: 'wall', why: 'forbidden' }],
      tags: [{ tag: 'mountains', known: true }, { tag: 'moon', known: true }, { tag: 'lantern festival', known: false }], quota: { used: 200, reserved: 0 },
    });
    expect(server.asked).toHaveLength(1);
    const [asked] = server.asked;
    expect(asked).toMatchObject({ path: '/v1/chat/completions', authorization: 'Bearer secret', body: { model: 'test-model', stream: false } });
    expect(asked!.body.messages[0]!.content).toContain('mountains, moon, night');
    expect(asked!.body.messages[1]).toEqual({ role: 'user', content: JSON.stringify({ description: '산 위의 달, 연등 축제' }) });
    const call = await api.db.quotaCall.findFirstOrThrow({ where: { userId: person.id } });
    expect(call).toMatchObject({ feature: 'prompt_assistant', outcome: 'ok', actual: 200n, charged: 200n });
    expect(Number(call.reserved)).toBe(estimateTokens(asked!.body.messages as never) + 220);
  });

  it('sends nonsense back once to be mended; the failed call costs nothing', async () => {
    const person = await api.person();
    server.behave(completes('I like pictures.'), completes(good));
    expect(await suggest(person, 'moon')).toMatchObject({ by: 'model', quota: { used: 200 } });
    expect(server.asked[1]!.body.messages.slice(-2).map(({ role }) => role)).toEqual(['assistant', 'user']);
    expect((await api.db.quotaCall.findMany({ where: { userId: person.id }, orderBy: { createdAt: 'asc' } })).map(({ outcome, reason, charged }) => [outcome, reason, charged])).toEqual([['failed', 'bad_answer', 0n], ['ok', null, 200n]]);
  });

  it.each([
    ['nonsense twice', [completes('{"tags": "moon"}'), completes('no')], 'bad_answer', 2],
    ['tags that are none', [completes(JSON.stringify({ tags: ['달', '바다'] }))], 'bad_answer', 2],
    ['a body that is no JSON', [says(200, '<html>busy</html>')], 'bad_answer', 1],
    ['no choices', [says(200, '{}')], 'bad_answer', 1],
    ['an answer cut off', [completes('{"tags": ["mo', { finish: 'length' })], 'cut_off', 1],
    ['a refusal', [completes(null, { refusal: 'I cannot help with that.' })], 'model_refused', 1],
    ['a filter', [completes('', { finish: 'content_filter' })], 'model_refused', 1],
    ['429', [refuses(429, { message: 'Rate limit reached' })], 'rate_limited', 2],
    ['500', [refuses(500, { message: 'The server had an error' })], 'server_error', 2],
    ['a wrong key', [refuses(401, { message: 'Incorrect API key provided' })], 'not_configured', 1],
    ['a model that is not there', [refuses(404, { message: 'The model does not exist' })], 'not_configured', 1],
    ['a server that hangs up', [hangsUp], 'network', 2],
    ['a server that never answers', [hangs], 'timeout', 1],
  ] as const)('%s: the dictionary stands in and says so, and nothing is charged', async (_what, behaviours, reason, asked) => {
    const person = await api.person();
    server.behave(...behaviours);
    const answer = await suggest(person, '바다 위의 달');
    expect(answer).toMatchObject({ by: 'dictionary', model: null, modelFailure: reason, quota: { used: 0, reserved: 0 } });
    expect(answer.tags.map(({ tag }) => tag)).toEqual(['sea', 'moon']);
    expect(server.asked).toHaveLength(asked);
    expect(await api.db.quotaCall.count({ where: { userId: person.id, outcome: 'failed' } })).toBeGreaterThan(0);
  });

  it('learns what a server does not take, and does not send it again', async () => {
    const model = openLanguageModel({ LLM_BASE_URL: server.url, LLM_MODEL: 'picky', LLM_TIMEOUT_MS: TIMEOUT_MS })!;
    const prompt = { messages: [{ role: 'user' as const, content: 'moon' }], maxOutputTokens: 20 };
    server.behave(
      refuses(400, { message: 'response_format is not supported', param: 'response_format' }),
      refuses(400, { message: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", param: 'max_tokens' }),
      refuses(400, { message: "Unsupported value: 'temperature' does not support 0", param: 'temperature' }),
      completes('moon', { usage: { prompt_tokens: 3, completion_tokens: 1 } }),
    );
    expect(await model.ask(prompt)).toEqual({ text: 'moon', tokens: 4 });
    expect(server.asked).toHaveLength(4);
    server.behave(completes('moon', { usage: undefined }));
    expect(await model.ask(prompt)).toEqual({ text: 'moon', tokens: null });
    expect(server.asked).toHaveLength(1);
    expect(server.asked[0]!.body).toMatchObject({ max_completion_tokens: 20 });
    expect(Object.keys(server.asked[0]!.body)).not.toEqual(expect.arrayContaining(['response_format', 'temperature', 'max_tokens']));
    server.behave(refuses(400, { message: 'something else' }));
    await expect(model.ask(prompt)).rejects.toMatchObject({ reason: 'not_configured' });
  });

  it('is not asked when too little is left, and the dictionary still costs nothing', async () => {
    const person = await api.person();
    server.behave(completes(good, { usage: { total_tokens: 9_990 } }));
    // A model that counts beyond its limit empties the month.
    await suggest(person, 'moon');
    await suggest(person, 'moon').catch(() => undefined);
    server.behave(completes(good));
    const refused = await refusal(suggest(person, 'moon'));
    expect(refused.code).toBe('QUOTA_EXCEEDED');
    expect(refused.details).toMatchObject({ allocated: 10_000 });
    expect(server.asked).toHaveLength(0);
    expect((await suggest(person, 'moon', 'dictionary')).tags).toHaveLength(1);
  });
});
