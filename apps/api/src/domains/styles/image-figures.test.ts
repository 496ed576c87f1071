import { noiseImage } from '@style-license/testkit';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { hashDistance, perceptualHash, sharpness } from './image-figures.ts';

const POSTER = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600"><rect width="800" height="600" fill="#eed"/><circle cx="300" cy="300" r="150" fill="#a33"/><rect x="500" y="100" width="200" height="300" fill="#246"/></svg>',
);

describe('hashDistance', () => {
  it('counts the bits that differ', () => {
    const hash = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    fc.assert(fc.property(hash, hash, (a, b) => {
      const hex = (value: bigint): string => value.toString(16).padStart(16, '0');
      const ones = (a ^ b).toString(2).replaceAll('0', '').length;
      expect(hashDistance(hex(a), hex(b))).toBe(ones);
    }));
  });
});

describe('perceptualHash', () => {
  it('knows a picture again after scaling, compression and a small crop, and tells others apart', async () => {
    const picture = await noiseImage({ seed: 1, width: 900, height: 700 });
    const hash = await perceptualHash(sharp(picture));
    const near = [
      sharp(await sharp(picture).resize(450).jpeg({ quality: 40 }).toBuffer()),
      sharp(await sharp(picture).extract({ left: 20, top: 15, width: 860, height: 670 }).toBuffer()),
      sharp(await sharp(picture).modulate({ brightness: 1.1 }).toBuffer()),
    ];
    for (const image of near) expect(hashDistance(hash, await perceptualHash(image))).toBeLessThanOrEqual(7);
    for (const seed of [2, 3, 4]) expect(hashDistance(hash, await perceptualHash(sharp(await noiseImage({ seed, width: 900, height: 700 }))))).toBeGreaterThan(15);
    expect(hashDistance(hash, await perceptualHash(sharp(picture).flop()))).toBeGreaterThan(15);
  });
});

describe('sharpness', () => {
  it('falls with blur, for a flat poster as for a grainy picture', async () => {
    for (const picture of [await sharp(POSTER).png().toBuffer(), await noiseImage({ seed: 3, width: 800, height: 800 })]) {
      const levels: number[] = [];
      for (const sigma of [0, 1, 2, 4]) levels.push(await sharpness(sharp(sigma === 0 ? picture : await sharp(picture).blur(sigma).png().toBuffer())));
      expect(levels).toEqual(levels.toSorted((a, b) => b - a));
      expect(levels[0]).toBeGreaterThan(1);
      expect(levels[3]).toBeLessThan(0.08);
    }
  });

  it('is nothing where there is no edge', async () => {
    expect(await sharpness(sharp({ create: { width: 600, height: 600, channels: 3, background: '#777' } }).png())).toBe(0);
  });
});
