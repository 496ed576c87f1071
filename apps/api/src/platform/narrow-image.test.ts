/** Narrower renditions: as wide as asked for, with the rights in them, made once for many, and no more kept than may be. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNotFound, openStore, type ObjectStore } from '@style-license/object-store';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keepNarrowImages } from './narrow-image.ts';

let root = '';
let store: ObjectStore;
let reads = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'style-license-narrow-'));
  const disk = openStore({ disk: { root, secret: 'x'.repeat(32), origin: 'http://127.0.0.1:1' }, s3: null });
  store = Object.assign(Object.create(disk) as ObjectStore, { get: async (...input: Parameters<ObjectStore['get']>) => {
    reads += 1;
    return await disk.get(...input);
  } });
});
afterAll(async () => await rm(root, { recursive: true }));

async function picture(): Promise<string> {
  const key = `generations/${randomUUID()}/feed.webp`;
  const noise = { create: { width: 512, height: 1024, channels: 3, background: '#345', noise: { type: 'gaussian', mean: 128, sigma: 40 } } } as const;
  await store.put(key, await sharp(noise).withExif({ IFD0: { Copyright: 'Mina Seo' } }).webp().toBuffer(), { contentType: 'image/webp' });
  return key;
}

it('is as wide as asked for, nothing cropped, and its rights are still in it', async () => {
  const made = await keepNarrowImages()({ store }, await picture(), 384);
  const { width, height, format, exif } = await sharp(made).metadata();
  expect({ width, height, format }).toEqual({ width: 384, height: 768, format: 'webp' });
  expect(exif?.includes('Mina Seo')).toBe(true);
});

it('is made once for many, and again when others took its place', async () => {
  const [first, second] = [await picture(), await picture()];
  const one = (await keepNarrowImages()({ store }, first, 384)).length;
  reads = 0;
  const narrow = keepNarrowImages(Math.round(one * 1.5));
  const rush = await Promise.all(Array.from({ length: 10 }, async () => await narrow({ store }, first, 384)));
  expect([new Set(rush).size, reads]).toEqual([1, 1]);
  await narrow({ store }, second, 384);
  await narrow({ store }, second, 384);
  expect(reads).toBe(2);
  await narrow({ store }, first, 384);
  expect(reads).toBe(3);
});

it('what is not there is not kept as missing', async () => {
  const narrow = keepNarrowImages();
  const key = `generations/${randomUUID()}/feed.webp`;
  await expect(narrow({ store }, key, 384)).rejects.toSatisfy(isNotFound);
  await store.put(key, await sharp({ create: { width: 512, height: 512, channels: 3, background: '#345' } }).webp().toBuffer(), { contentType: 'image/webp' });
  expect((await sharp(await narrow({ store }, key, 384)).metadata()).width).toBe(384);
});
