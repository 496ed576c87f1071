import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { indigoBlock, paint, paperCity, type Hand } from '../testsets/index.ts';
import { COPY_DISTANCE, farthestOf, nearestArtwork } from './copy-check.ts';
import type { Level } from './exemplars.ts';
import { KERNELS, type KernelArgs, type KernelName } from './kernels.ts';
import { Memory } from './memory.ts';
import { PAD } from './patchmatch.ts';
import { Pool } from './pool.ts';
import { areaResize } from './raster.ts';
import { mulberry32 } from './rng.ts';

interface Artwork {
  rgb: Buffer;
  width: number;
  height: number;
}
const SHAPES = [{ width: 512, height: 512 }, { width: 512, height: 768 }, { width: 680, height: 512 }];

async function draw(hand: Hand, seed: number): Promise<Artwork> {
  const drawing = hand.draw(hand.subjects[seed % hand.subjects.length] ?? '', seed, SHAPES[seed % SHAPES.length] ?? { width: 512, height: 512 });
  const { data, info } = await (await paint(drawing)).raw().toBuffer({ resolveWithObject: true });
  return { rgb: data, width: info.width, height: info.height };
}

/** Artworks at 64 pixels, plain and mirrored, as generating holds them. */
function levelOf(artworks: readonly Artwork[]): Level {
  const width = Int32Array.from(artworks.flatMap((one) => [one.width / 8, one.width / 8]));
  const height = Int32Array.from(artworks.flatMap((one) => [one.height / 8, one.height / 8]));
  const sizes = [...width].map((w, e) => (w + 2 * PAD) * (height[e] + 2 * PAD) * 3);
  const base = Int32Array.from(sizes, (_, e) => sizes.slice(0, e).reduce((a, b) => a + b, 0));
  const pixels = new Uint8Array(sizes.reduce((a, b) => a + b, 0));
  sizes.forEach((_, e) => {
    const small = areaResize(artworks[e >> 1], width[e], height[e]);
    const stride = (width[e] + 2 * PAD) * 3;
    for (let y = 0; y < height[e]; y++) {
      for (let x = 0; x < width[e]; x++) {
        const u = e % 2 === 0 ? x : width[e] - 1 - x;
        for (let c = 0; c < 3; c++) pixels[base[e] + (y + PAD) * stride + (x + PAD) * 3 + c] = Math.round(small[(y * width[e] + u) * 3 + c]);
      }
    }
  });
  return { exemplars: { pixels, base, width, height, penalty: new Int32Array(width.length), placed: new Uint8Array(width.length) }, keys: new Uint8Array(0), images: artworks.map((_, n) => n) };
}

/** A square piece of an artwork, mirrored or not, as a small picture. */
async function piece({ rgb, width, height }: Artwork, share: number, atX: number, atY: number, mirrored: boolean): Promise<Float32Array> {
  const side = Math.floor(Math.min(width, height) * share);
  const cut = sharp(rgb, { raw: { width, height, channels: 3 } }).extract({ left: Math.floor((width - side) * atX), top: Math.floor((height - side) * atY), width: side, height: side });
  const data = await (mirrored ? cut.flop() : cut).raw().toBuffer();
  return areaResize({ rgb: data, width: side, height: side }, 32, 32);
}

/** Tasks one after another, the last first, in this thread. */
const here = {
  run: <K extends KernelName>(kernel: K, args: KernelArgs[K], tasks: number) => {
    for (let task = tasks - 1; task >= 0; task--) KERNELS[kernel](args, task);
    return Promise.resolve();
  },
};
const nearest = (small: Float32Array, level: Level, pool: Pick<Pool, 'run'> = here) => nearestArtwork(small, 32, 32, level, new Memory(), pool);

describe.each([paperCity, indigoBlock])('copies of hard-edged work are told', (hand) => {
  let artworks: Artwork[];
  let level: Level;
  beforeAll(async () => {
    artworks = await Promise.all(Array.from({ length: 12 }, (_, seed) => draw(hand, seed)));
    level = levelOf(artworks);
  }, 120_000);

  test(`cut out anywhere, at any size down to 0.62, mirrored or not: 12 of 12 of ${hand.id}`, async () => {
    const random = mulberry32(11);
    for (const [n, artwork] of artworks.entries()) {
      const found = await nearest(await piece(artwork, 0.62 + 0.38 * random(), random(), random(), n % 2 === 1), level);
      expect(found.image).toBe(n);
      expect(found.distance).toBeLessThan(COPY_DISTANCE);
    }
  }, 120_000);

  test(`and other pictures of the same hand are not copies: 6 of 6 of ${hand.id}`, async () => {
    for (let seed = 30; seed < 36; seed++) {
      expect((await nearest(await piece(await draw(hand, seed), 1, 0.5, 0.5, false), level)).distance).toBeGreaterThan(COPY_DISTANCE);
    }
  }, 120_000);
});

describe('whoever looks', () => {
  const pools = [1, 2, 3].map((threads) => Pool.start(threads));
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.close()));
  });
  test('finds the same, with any number of threads and in any order', async () => {
    const artworks = await Promise.all(Array.from({ length: 5 }, (_, seed) => draw(paperCity, seed)));
    const level = levelOf(artworks);
    const looked = [await piece(artworks[2], 0.7, 0.4, 0.3, true), await piece(await draw(indigoBlock, 3), 1, 0, 0, false), await piece(await draw(paperCity, 31), 1, 0, 0, false)];
    for (const small of looked) {
      const alone = await nearest(small, level);
      for (const pool of pools) expect(await nearest(small, level, pool)).toEqual(alone);
    }
  }, 60_000);
});

describe('what comes too close is made again', () => {
  const making = (distances: number[]) => {
    const asked: number[] = [];
    const make = (index: number) => {
      asked.push(index);
      const distance = distances[index];
      return Promise.resolve(distance === undefined ? undefined : { distance });
    };
    return { asked, make };
  };

  test('until it is far enough', async () => {
    const { asked, make } = making([4, 8, 12, 30]);
    expect(await farthestOf(6, 10, make)).toEqual({ distance: 12 });
    expect(asked).toEqual([0, 1, 2]);
  });
  test('and what is far enough at once is not', async () => {
    const { asked, make } = making([10, 30]);
    expect(await farthestOf(6, 10, make)).toEqual({ distance: 10 });
    expect(asked).toEqual([0]);
  });
  test('of what stays too close, the farthest is kept', async () => {
    expect(await farthestOf(3, 10, making([4, 9, 7, 30]).make)).toEqual({ distance: 9 });
    expect(await farthestOf(6, 10, making([4, 9, 7]).make)).toEqual({ distance: 9 });
  });
  test('making nothing is a mistake', async () => {
    await expect(farthestOf(0, 10, making([]).make)).rejects.toThrow('nothing was made');
  });
});
