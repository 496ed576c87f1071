import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest, wrongKeys, wrongKeysForgiven, wrongKeysForgivenInWhole } from './alike.ts';

describe('wrong keys', () => {
  it.each([
    ['mountan', 'mountain', 1], ['montain', 'mountain', 1], ['mouintain', 'mountain', 1], ['muontain', 'mountain', 1], ['moontain', 'mountain', 1],
    ['wether', 'weather', 1], ['gardns', 'gardens', 1], ['moun', 'mountain', 0], ['mont', 'mountain', 1], ['', 'mountain', 0], ['zzzz', 'moon', 4],
    // 종니 for 종이, 정완 for 정원 (a vowel of two keys)
    ['whdsl', 'whddl', 1], ['wjddhks', 'wjddnjs', 2],
  ])('%s for %s: %i', (typed, word, wrong) => {
    expect(wrongKeys(typed, word)).toBe(wrong);
  });

  const word = fc.stringMatching(/^[a-z]{1,12}$/);
  it('are none for any beginning, and at most what it takes to type it anew', () => {
    fc.assert(fc.property(word, word, fc.nat(), (a, b, cut) => {
      expect(wrongKeys(a.slice(0, cut % (a.length + 1)), a)).toBe(0);
      expect(wrongKeys(a, b)).toBeLessThanOrEqual(a.length);
    }));
  });

  it('one change is at most one', () => {
    fc.assert(fc.property(word, fc.nat(), fc.constantFrom('a', 'b', 'c', 'x', 'y', 'z'), fc.constantFrom('add', 'drop', 'change', 'swap'), (text, where, key, kind) => {
      const at = where % text.length;
      const typed = kind === 'add' ? text.slice(0, at) + key + text.slice(at)
        : kind === 'drop' ? text.slice(0, at) + text.slice(at + 1)
          : kind === 'change' ? text.slice(0, at) + key + text.slice(at + 1)
            : text.slice(0, at) + (text[at + 1] ?? '') + text[at]! + text.slice(at + 2);
      expect(wrongKeys(typed, text)).toBeLessThanOrEqual(1);
    }));
  });
});

describe('what is near', () => {
  const known = ['moon', 'mood', 'noon', 'mountain', '-whddl', '-whddlwjddnjs', '-skan'].map((word, i) => ({ word, uses: 10 - i }));
  const near = (typed: string) => nearest(typed, { words: known, wholes: [] }, 5).map(({ word }) => word);
  it('has the fewest wrong keys, the most used first', () => {
    expect(near('mooh')).toEqual(['moon', 'mood']);
    expect(near('mountian')).toEqual(['mountain']);
    expect(near('-whdsl')).toEqual(['-whddl', '-whddlwjddnjs']);
  });
  it('is nothing for three keys, or for another word', () => {
    expect(near('mox')).toEqual([]);
    expect(near('giraffe')).toEqual([]);
  });
  it('forgives the wrong keyboard, both ways', () => {
    expect(near('whddl')).toEqual(['-whddl', '-whddlwjddnjs']);
    expect(near('-moon')).toEqual(['moon']);
    expect(nearest('go', { words: [{ word: '-go', uses: 1 }], wholes: [] }, 5)).toEqual([]);
  });
  it('takes a whole name when it is nearer than any word, and forgives less in it', () => {
    const wholes = [{ word: 'moonlitink', uses: 1 }, { word: '-whddlwjddnjs', uses: 1 }];
    const asked = (typed: string, words: typeof wholes = []) => nearest(typed, { words, wholes }, 5).map(({ word }) => word);
    expect([asked('moonltink'), asked('-whdslwjddnjs'), asked('moonltii'), asked('moonlti'), asked('moolnitkin')]).toEqual([['moonlitink'], ['-whddlwjddnjs'], ['moonlitink'], [], []]);
    expect(asked('moonlitnik', [{ word: 'moonlatnic', uses: 9 }])).toEqual(['moonlitink']);
  });
  it('forgives more of what is longer', () => {
    expect(['abc', 'abcd', 'abcdef', 'abcdefg', 'abcdefghijk', '-abcdef'].map(wrongKeysForgiven)).toEqual([0, 1, 1, 2, 3, 2]);
    expect(['abcdefg', 'abcdefgh', 'abcdefghijk', '-abcdefghij'].map(wrongKeysForgivenInWhole)).toEqual([0, 1, 2, 2]);
  });
});
