import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chooseSources, openStudio, type Studio } from './compose.ts';
import { makeLayout } from './layout.ts';
import { Pool } from './pool.ts';
import { refine } from './refine.ts';
import { hash4, mulberry32 } from './rng.ts';
import { findDoubled, findThings, type Picture } from './things.ts';
import { train } from './train.ts';

/** A quiet sea under bands of sky with one red disc, elsewhere and of another size in every artwork. */
function drawing(seed: number): string {
  const random = mulberry32(seed);
  const bands = Array.from({ length: 6 }, (_, i) => `<rect y="${i * 56}" width="512" height="${30 + 30 * random()}" fill="rgb(${220 + 24 * random()},${200 + 30 * random()},${150 + 40 * random()})"/>`).join('');
  const waves = Array.from({ length: 14 }, () => `<rect x="${460 * random()}" y="${350 + 150 * random()}" width="${30 + 60 * random()}" height="5" fill="#7fa6a8"/>`).join('');
  const disc = `<circle cx="${60 + 392 * random()}" cy="${60 + 200 * random()}" r="${24 + 22 * random()}" fill="#c8301e"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512"><rect width="512" height="512" fill="#f2ddb0"/>${bands}<rect y="330" width="512" height="182" fill="#5d8a92"/>${waves}${disc}</svg>`;
}

/** Red patches of a picture that are no mere speck. */
function discs({ rgb, width, height }: Picture): number {
  const red = Uint8Array.from({ length: width * height }, (_, p) => (rgb[p * 3] > 150 && rgb[p * 3 + 1] < 110 && rgb[p * 3 + 2] < 110 ? 1 : 0));
  let count = 0;
  for (let start = 0; start < red.length; start++) {
    if (red[start] === 0) continue;
    const open = [start];
    let area = 0;
    red[start] = 0;
    for (let p = open.pop(); p !== undefined; p = open.pop()) {
      area++;
      for (const q of [p % width > 0 ? p - 1 : -1, p % width < width - 1 ? p + 1 : -1, p - width, p + width]) {
        if (q < 0 || q >= red.length || red[q] === 0) continue;
        red[q] = 0;
        open.push(q);
      }
    }
    if (area >= 0.001 * width * height) count++;
  }
  return count;
}

async function at64(svg: string): Promise<Picture> {
  const { data, info } = await sharp(Buffer.from(svg)).resize(64, 64).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { rgb: data, width: info.width, height: info.height };
}

describe('things', () => {
  test('a disc is found where it is and as large as it is; an empty sheet and a horizon have none', async () => {
    const disc = await at64('<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="#eed"/><circle cx="20" cy="30" r="5" fill="#c31"/></svg>');
    const [thing, ...others] = findThings(disc);
    expect(others).toEqual([]);
    expect(Math.hypot((thing?.x ?? 0) - 20, (thing?.y ?? 0) - 30)).toBeLessThan(1.5);
    expect(thing?.radius).toBeGreaterThan(3);
    expect(thing?.radius).toBeLessThan(8);
    expect(findThings(await at64('<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="#eed"/></svg>'))).toEqual([]);
    expect(findThings(await at64('<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="#eed"/><rect y="40" width="64" height="24" fill="#246"/></svg>'))).toEqual([]);
  });

  test('two discs are a fault where every source has one, and none where one source has two', async () => {
    const sheet = (...at: number[]) => at64(`<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="#eed"/>${at.map((x) => `<circle cx="${x}" cy="${20 + x / 3}" r="5" fill="#c31"/>`).join('')}</svg>`);
    const one = await sheet(20);
    const two = await sheet(14, 46);
    expect(findDoubled(two, [one, await sheet(40)])).toMatchObject([{ shown: 2, allowed: 1 }]);
    expect(findDoubled(two, [one, two])).toEqual([]);
    expect(findDoubled(one, [one])).toEqual([]);
  });
});

describe('artworks with one disc each', () => {
  let folder: string;
  let pool: Pool;
  let studio: Studio;
  const options = { adapter: '', prompt: '', negative: '', width: 512, height: 512, creativity: 0.7 };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'style-engine-once-'));
    for (let i = 0; i < 10; i++) await sharp(Buffer.from(drawing(i))).png().toFile(join(folder, `${i}.png`));
    options.adapter = join(folder, 'adapter.safetensors');
    await train({ images: folder, out: options.adapter, rank: 0, threads: 2 }, () => undefined);
    pool = Pool.start(2);
    studio = await openStudio(options, pool);
  }, 240_000);
  afterAll(async () => {
    await pool.close();
    await rm(folder, { recursive: true, force: true });
  });

  test.each([[0.7, 10], [1, 6]])('at creativity %s no picture of %s shows two; most show one', async (creativity, seeds) => {
    let shown = 0;
    for (let n = 0; n < seeds; n++) {
      const seed = hash4(n, 0, 0, 1);
      const { images, welcome } = chooseSources(studio.match.scores, studio.means, seed, creativity);
      // Six sources are enough to bring six suns, and half the work of ten.
      const level = await studio.stores[0].select(images.slice(0, 6));
      const layout = await makeLayout(level, { width: 32, height: 32, creativity, seed, scores: welcome, schedule: studio.adapter.schedule }, studio.memory, pool);
      // At 128 pixels a disc is a disc.
      const picture = await refine(layout, level, { width: 128, height: 128, seed, scores: welcome, stores: studio.stores, onStep: () => undefined, onLevel: () => Promise.resolve() }, studio.memory, pool);
      const count = discs(picture);
      expect(count).toBeLessThanOrEqual(1);
      shown += count;
    }
    expect(shown).toBeGreaterThan(seeds / 2);
  }, 240_000);
});
