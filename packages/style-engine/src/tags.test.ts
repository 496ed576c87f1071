import { describe, expect, test } from 'vitest';
import { colourShare, matchPrompt, stem, tokenise } from './tags.ts';

const images = [
  { width: 512, height: 512, firstBlock: 0, tags: ['city', 'night'] },
  { width: 512, height: 512, firstBlock: 0, tags: ['mountain', 'sunset'] },
  { width: 512, height: 512, firstBlock: 0, tags: ['mountain', 'still life', '바다'] },
];
const vocabulary = ['city', 'mountain', 'night', 'still life', 'sunset', '바다'];
const flat = (r: number, g: number, b: number) => Array.from({ length: 12 }, () => [r, g, b]).flat();
const thumbnails = [flat(20, 30, 90), flat(230, 120, 40), flat(120, 120, 120)];
const ask = (prompt: string, negative = '') => matchPrompt(prompt, negative, images, vocabulary, thumbnails);

describe('prompts', () => {
  test('words are stripped of plurals, English and others', () => {
    expect(['cities', 'boxes', 'trees', 'grass', 'houses', 'bus'].map(stem)).toEqual(['city', 'box', 'tree', 'grass', 'house', 'bus']);
    expect(tokenise('Two CITIES, at night!')).toEqual(['two', 'city', 'at', 'night']);
  });

  test('the artwork with all the tags wins, the rarer tag weighs more', () => {
    const { scores, matched, unmatched } = ask('mountains at sunset');
    expect(matched).toEqual(['mountain', 'sunset']);
    expect(unmatched).toEqual([]);
    expect(scores[1]).toBe(1);
    expect(scores[2]).toBeGreaterThan(0);
    expect(scores[2]).toBeLessThan(0.5);
    expect(scores[0]).toBe(0);
  });

  test('a tag of two words needs both', () => {
    expect(ask('a still life').matched).toEqual(['still life']);
    expect(ask('life').matched).toEqual([]);
  });

  test('Korean words match with their particles', () => {
    expect(ask('바다에서').matched).toEqual(['바다']);
  });

  test('what nothing answers is said, and then all artworks are equal', () => {
    const { scores, unmatched } = ask('a spaceship over the city');
    expect(unmatched).toEqual(['spaceship']);
    expect(scores[0]).toBe(1);
    expect(ask('spaceship')).toMatchObject({ scores: [1, 1, 1], matched: [], unmatched: ['spaceship'] });
  });

  test('colour words favour artworks of that colour', () => {
    const { scores, matched } = ask('blue');
    expect(matched).toEqual(['blue']);
    expect(scores[0]).toBe(1);
    expect(scores[1]).toBeCloseTo(0.35, 5);
    expect(colourShare(thumbnails[1], 'orange')).toBe(1);
  });

  test('a colour that no artwork has is unmatched', () => {
    expect(ask('pink').unmatched).toEqual(['pink']);
  });

  test('refused tags lower an artwork', () => {
    const { scores, avoided } = ask('mountain', 'sunset');
    expect(avoided).toEqual(['sunset']);
    expect(scores[2]).toBe(1);
    expect(scores[1]).toBeLessThan(0.2);
  });
});
