/** What a generation may have of a style, and the words it may not use. */
import { randomUUID } from 'node:crypto';
import { CodedError, LIMITS, type ErrorCode } from '@style-license/shared';
import { describe, expect, it } from 'vitest';
import { transaction } from '../../platform/database.ts';
import { useTestApi } from '../../testing/api.ts';
import { assertPromptAllowed, returnTryOuts, styleForGeneration, type GenerationAsked } from './style-for-generation.ts';
import { useStudio } from './testing/studio.ts';

const api = useTestApi();
const studio = useStudio(api);
const ask = (asked: GenerationAsked) => transaction(api.db, (tx) => styleForGeneration(tx, asked));
const codeOf = (promise: Promise<unknown>): Promise<ErrorCode | 'allowed'> => promise.then(() => 'allowed' as const, (error: unknown) => {
  if (error instanceof CodedError) return error.code;
  throw error;
});

describe('styleForGeneration', () => {
  it('gives price, terms and weights of a style on sale, to anyone', async () => {
    const { artist, styleId } = await studio.published({ priceTokens: 7 });
    const style = await ask({ styleId, userId: randomUUID(), tryOut: null });
    const { checkpointId } = await api.db.style.findUniqueOrThrow({ where: { id: styleId } });
    expect(style).toMatchObject({ styleId, artistId: artist.id, priceTokens: 7, termsVersion: 1, baseModel: 'builtin', checkpointId, isTryOut: false });
  });

  it('says why it cannot be had', async () => {
    const userId = randomUUID();
    expect(await codeOf(ask({ styleId: randomUUID(), userId, tryOut: null }))).toBe('NOT_FOUND');
    const artist = await studio.artist();
    const { id: draft } = await studio.style(artist);
    await studio.fill(draft, 10);
    await studio.train(artist, draft);
    expect(await codeOf(ask({ styleId: draft, userId, tryOut: null }))).toBe('STYLE_NOT_READY');
    const { styleId } = await studio.published();
    for (const state of ['paused', 'suspended', 'deactivated']) {
      await api.db.style.update({ where: { id: styleId }, data: { state } });
      expect([state, await codeOf(ask({ styleId, userId, tryOut: null }))]).toEqual([state, 'STYLE_NOT_AVAILABLE']);
    }
  });

  it('gives its artist ten free tries of a training, not one more, however many tabs ask at once', async () => {
    const artist = await studio.artist();
    const { id: styleId } = await studio.style(artist);
    await studio.fill(styleId, 10);
    const jobId = await studio.train(artist, styleId);
    await studio.runTraining(jobId);
    const { id: checkpointId } = await api.db.checkpoint.findFirstOrThrow({ where: { styleId } });
    const tryOut = { checkpointId, count: 4 };
    expect(await codeOf(ask({ styleId, userId: randomUUID(), tryOut }))).toBe('NOT_FOUND');
    expect(await codeOf(ask({ styleId, userId: artist.id, tryOut: { checkpointId: randomUUID(), count: 1 } }))).toBe('CHECKPOINT_NOT_FOUND');
    const answers = await Promise.all(Array.from({ length: 4 }, () => codeOf(ask({ styleId, userId: artist.id, tryOut }))));
    expect(answers.toSorted()).toEqual(['TRY_OUTS_USED_UP', 'TRY_OUTS_USED_UP', 'allowed', 'allowed']);
    expect((await artist.api.styles.editor.query({ styleId })).tryOutsLeft).toBe(LIMITS.tryOuts - 8);
    await transaction(api.db, (tx) => returnTryOuts(tx, checkpointId, 3));
    expect(await ask({ styleId, userId: artist.id, tryOut })).toMatchObject({ priceTokens: 0, isTryOut: true });
    expect((await artist.api.styles.editor.query({ styleId })).tryOutsLeft).toBe(1);
    // A second training brings its own ten.
    await studio.runTraining(await studio.train(artist, styleId));
    expect((await artist.api.styles.editor.query({ styleId })).tryOutsLeft).toBe(10);
  });
});

describe('assertPromptAllowed', () => {
  const check = (forbiddenWords: string[], tags: string[], description = '') => codeOf((async () => assertPromptAllowed({ forbiddenWords, tagOff: null }, { tags, description }))());

  it.each([
    [['gun'], ['a gun'], '', 'FORBIDDEN_WORD'],
    [['gun'], [], 'Two GUNS on a table.', 'FORBIDDEN_WORD'],
    [['gun'], ['gunwale', 'begun'], '', 'allowed'],
    [['dark night'], [], 'a dark\n  night', 'FORBIDDEN_WORD'],
    [['총'], ['sea'], '총을 든 사람', 'FORBIDDEN_WORD'],
    [['c++', 'a.b'], ['acb'], 'see c++', 'FORBIDDEN_WORD'],
    [['a.b'], ['acb'], '', 'allowed'],
    [[], ['sea'], 'anything', 'allowed'],
  ] as const)('%j against %j %j: %s', async (words, tags, description, expected) => {
    expect(await check([...words], [...tags], description)).toBe(expected);
  });

  it('names the word, and the first of the tags that are switched off', async () => {
    expect(() => assertPromptAllowed({ forbiddenWords: ['gun'], tagOff: null }, { tags: ['gun'], description: '' })).toThrow(expect.objectContaining({ details: expect.objectContaining({ word: 'gun' }) }));
    await api.db.tagRule.createMany({ data: [{ tag: 'switched off', state: 'off' }, { tag: 'also off', state: 'off' }, { tag: 'watched', state: 'flagged' }] });
    const { styleId } = await studio.published();
    const style = (tags: string[]) => ask({ styleId, userId: randomUUID(), tryOut: null, tags });
    expect((await style(['sea', 'watched'])).tagOff).toBeNull();
    const off = await style(['sea', 'switched off', 'also off']);
    expect(() => assertPromptAllowed(off, { tags: ['sea'], description: '' })).toThrow(expect.objectContaining({ code: 'TAG_OFF', details: expect.objectContaining({ tag: 'also off' }) }));
  });
});
