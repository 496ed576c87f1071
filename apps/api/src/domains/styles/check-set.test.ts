import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSet, type CheckedArtwork } from './check-set.ts';

let made = 0;
const artwork = (change: Partial<CheckedArtwork> = {}): CheckedArtwork => {
  made++;
  const hash = (BigInt(made) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn;
  return { id: `a${made}`, width: 1000, height: 1000, perceptualHash: hash.toString(16).padStart(16, '0'), sharpness: 1, dominantColour: '#808080', tags: ['own', `subject ${made % 5}`], ...change };
};
const good = (count: number): CheckedArtwork[] => Array.from({ length: count }, () => artwork());
const codes = (set: CheckedArtwork[]): string[] => checkSet(set, 'own').advice.map(({ code }) => code);

describe('checkSet', () => {
  it('has nothing to say of a good set', () => {
    expect(checkSet(good(20), 'own')).toEqual({ score: 100, sharpAndLarge: 20, total: 20, subjects: 5, advice: [] });
  });

  it('grows with a set that is not whole yet, and blocks it', () => {
    const half = checkSet(good(5), 'own');
    expect(half.score).toBe(50);
    expect(half.advice).toEqual([{ code: 'too_few', figure: 5, blocking: true, artworkId: null, otherArtworkId: null }]);
    expect(checkSet([], 'own')).toMatchObject({ score: 0, total: 0, subjects: 0 });
  });

  it('names each near-duplicate with the one it repeats, unless its colours are others', () => {
    const set = good(12);
    const copy = artwork({ perceptualHash: set[3]!.perceptualHash });
    const recoloured = artwork({ perceptualHash: set[4]!.perceptualHash, dominantColour: '#ff0000' });
    const { advice, score } = checkSet([...set, copy, recoloured], 'own');
    expect(advice).toEqual([expect.objectContaining({ code: 'near_duplicate', artworkId: copy.id, otherArtworkId: set[3]!.id, figure: 0, blocking: false })]);
    expect(score).toBeLessThan(100);
  });

  it('tells blur, size, missing tags and one subject apart', () => {
    const blurred = artwork({ sharpness: 0.03 });
    const small = artwork({ width: 560, height: 2000 });
    const untagged = artwork({ tags: ['own'] });
    const { advice, sharpAndLarge } = checkSet([...good(9), blurred, small, untagged], 'own');
    expect(advice.map(({ code, artworkId }) => [code, artworkId])).toEqual([['blurred', blurred.id], ['small', small.id], ['no_tags', untagged.id]]);
    expect(sharpAndLarge).toBe(10);
    expect(codes(Array.from({ length: 12 }, () => artwork({ tags: ['own', 'cat'] })))).toEqual(['one_subject']);
  });

  it('misses variety where all pictures are nearly alike', () => {
    const alike = Array.from({ length: 10 }, (_, i) => artwork({ perceptualHash: ((1n << BigInt(i * 5)) - 1n).toString(16).padStart(16, '0').slice(-16), dominantColour: i % 2 ? '#000000' : '#ffffff' }));
    expect(codes(alike)).toContain('low_variety');
  });

  it('scores between 0 and 100, and never better for a blurred artwork', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 40 }), (count, blurredCount) => {
      const set = good(count).map((one, i) => (i < blurredCount ? { ...one, sharpness: 0 } : one));
      const { score } = checkSet(set, 'own');
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(checkSet(set.map((one) => ({ ...one, sharpness: 1 })), 'own').score);
    }));
  });
});
