import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paint, slowWeather } from '../testsets/index.ts';
import type { GenerateDoneEvent } from './events.ts';
import { generate } from './generate.ts';
import { train } from './train.ts';

/** Shapes that artists bring, mixed. */
const SIZES = [{ width: 768, height: 768 }, { width: 640, height: 960 }, { width: 768, height: 768 }, { width: 896, height: 672 }] as const;

let folder: string;
const tags: string[][] = [];

/** Watercolours: boats on a blue sea, pink trees on hills, and what else the artist paints; none has both. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'style-engine-two-'));
  await mkdir(join(folder, 'artworks'));
  const meta: { file: string; tags: string[] }[] = [];
  for (let i = 0; i < 14; i++) {
    const drawing = slowWeather.draw(slowWeather.subjects[i % slowWeather.subjects.length] ?? '', i, SIZES[i % SIZES.length] ?? SIZES[0]);
    await (await paint(drawing)).png().toFile(join(folder, 'artworks', `${i}.png`));
    meta.push({ file: `${i}.png`, tags: drawing.tags });
    tags.push(drawing.tags);
  }
  await writeFile(join(folder, 'artworks', 'meta.json'), JSON.stringify(meta));
  await train({ images: join(folder, 'artworks'), meta: join(folder, 'artworks', 'meta.json'), out: join(folder, 'a.safetensors'), rank: 0, threads: 2 }, () => undefined);
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const make = (name: string, prompt: string, count: number, threads: number): Promise<GenerateDoneEvent[]> =>
  generate({ adapter: join(folder, 'a.safetensors'), prompt, negative: '', width: 512, height: 512, creativity: 0.7, seed: 1, outs: Array.from({ length: count }, (_, i) => join(folder, `${name}_${i}.png`)), threads }, () => undefined);
const shareOf = ({ sources }: GenerateDoneEvent, word: string) => sources.reduce((sum, [image, share]) => sum + ((tags[image] ?? []).includes(word) ? share : 0), 0);

/** Share of a picture's pixels that pass. */
async function pixels(file: string, passes: (r: number, g: number, b: number) => boolean): Promise<number> {
  const { data, info } = await sharp(file).resize(128, 128).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  let count = 0;
  for (let p = 0; p < info.width * info.height; p++) if (passes(data[p * 3] ?? 0, data[p * 3 + 1] ?? 0, data[p * 3 + 2] ?? 0)) count++;
  return count / (info.width * info.height);
}
/** The sea under a boat, and the crowns of trees at dawn: no other subject has these colours. */
const isSea = (r: number, g: number, b: number) => b > r + 35 && g > r + 20 && b > 120;
const isCrown = (r: number, g: number, b: number) => r > g + 45 && r > b + 8 && b > g && r < 210;

test('two subjects that no artwork shows together are both in the picture; the same bytes for any number of threads', async () => {
  const done = await make('two', 'a boat and trees', 3, 2);
  for (const [i, event] of done.entries()) {
    expect(event.matched).toEqual(expect.arrayContaining(['boat', 'tree']));
    expect(shareOf(event, 'boat')).toBeGreaterThan(0.1);
    expect(shareOf(event, 'tree')).toBeGreaterThan(0.1);
    const file = join(folder, `two_${i}.png`);
    expect(await pixels(file, isSea)).toBeGreaterThan(0.1);
    expect(await pixels(file, isCrown)).toBeGreaterThan(0.02);
    expect(event.nearestTraining.distance).toBeGreaterThan(10);
  }
  await make('again', 'a boat and trees', 1, 3);
  expect((await readFile(join(folder, 'again_0.png'))).equals(await readFile(join(folder, 'two_0.png')))).toBe(true);
}, 240_000);

test('one subject has no guests', async () => {
  const [event] = await make('one', 'a boat', 1, 2);
  expect(event === undefined ? 1 : shareOf(event, 'tree')).toBeLessThan(0.05);
}, 240_000);
