import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samplePrompts } from './sample-prompts.ts';

const prompts = (tags: string[][]): string[] => samplePrompts(tags, 'own').map(({ prompt }) => prompt);

describe('samplePrompts', () => {
  it('takes what stands together most often, each subject once', () => {
    const tags = [...Array.from({ length: 5 }, () => ['own', 'sea', 'storm', 'boat']), ...Array.from({ length: 4 }, () => ['own', 'city', 'night']), ['own', 'cat'], ['own', 'garden', 'cat']];
    expect(prompts(tags)).toEqual(['boat, sea, storm', 'city, night', 'cat, garden', 'boat, sea']);
  });

  it('falls back to the title where nothing is tagged', () => {
    expect(prompts([['own'], ['own']])).toEqual(['own', 'own', 'own', 'own']);
  });

  it('is the same for the same set, with seeds of its own and two shapes', () => {
    const tag = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'own');
    fc.assert(fc.property(fc.array(fc.array(tag, { maxLength: 6 }), { maxLength: 20 }), (tags) => {
      const made = samplePrompts(tags, 'own');
      expect(samplePrompts(tags.toReversed(), 'own')).toEqual(made);
      expect(new Set(made.map(({ seed }) => seed)).size).toBe(4);
      expect(made.map(({ ratio }) => ratio)).toEqual(['1:1', '1:1', '1:2', '1:1']);
      for (const { prompt } of made) expect(prompt.split(', ').length).toBeLessThanOrEqual(3);
    }));
  });
});
