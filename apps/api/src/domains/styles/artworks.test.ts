/** Artworks with real images: every file that is none, what comes of those that are, tags and counts, and many at once. */
import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { readObject } from '@style-license/object-store';
import { LIMITS, type ErrorCode } from '@style-license/shared';
import { noiseImage } from '@style-license/testkit';
import sharp from 'sharp';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { refusal, useTestApi, type Person } from '../../testing/api.ts';
import { hashDistance } from './image-figures.ts';
import { useStudio } from './testing/studio.ts';

// Pictures are decoded for real; on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 });
const api = useTestApi();
const studio = useStudio(api);
let artist: Person;
let styleId: string;
let titleTag: string;
beforeEach(async () => {
  artist = await studio.artist();
  const { id, title } = await studio.style(artist);
  styleId = id;
  titleTag = title.toLowerCase();
});

const half = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length / 2);
const accept = (uploadId: string) => artist.api.styles.acceptArtwork.mutate({ styleId, uploadId });
const artworksOf = () => api.db.artwork.findMany({ where: { styleId }, orderBy: { ordinal: 'asc' } });
const stored = async (id: string): Promise<Buffer> => readObject(api.deps.store, (await api.db.artwork.findUniqueOrThrow({ where: { id } })).key, 50e6);

describe('files that are no artworks', () => {
  const jpeg = () => noiseImage({ seed: 21, width: 700, height: 640, format: 'jpeg' });
  const png = () => noiseImage({ seed: 22, width: 640, height: 640 });
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="800" height="800"><script>alert(1)</script></svg>';

  it.each<[string, () => Promise<Buffer> | Buffer, ErrorCode]>([
    ['another format', async () => sharp(await jpeg()).gif().toBuffer(), 'INVALID_IMAGE_FORMAT'],
    ['a WebP called PNG', async () => sharp(await jpeg()).webp().toBuffer(), 'INVALID_IMAGE_FORMAT'],
    ['an SVG called PNG', () => Buffer.from(svg), 'INVALID_IMAGE_FORMAT'],
    ['a text called PNG', () => Buffer.from('hello, I am a picture'), 'INVALID_IMAGE_FORMAT'],
    ['a page called PNG', () => Buffer.from('<!doctype html><script>alert(1)</script>'), 'INVALID_IMAGE_FORMAT'],
    ['too narrow', () => noiseImage({ width: 511, height: 900 }), 'IMAGE_TOO_SMALL'],
    ['too low', () => noiseImage({ width: 900, height: 511 }), 'IMAGE_TOO_SMALL'],
    ['a JPEG that ends half way', async () => half(await jpeg()), 'IMAGE_TRUNCATED'],
    ['a JPEG without its last bytes', async () => (await jpeg()).subarray(0, -200), 'IMAGE_TRUNCATED'],
    ['a PNG that ends half way', async () => half(await png()), 'IMAGE_TRUNCATED'],
    ['a PNG of a header', async () => (await png()).subarray(0, 20), 'IMAGE_TRUNCATED'],
    ['a PNG with a hole', async () => (await png()).fill(0, 1_000, 4_000), 'IMAGE_UNREADABLE'],
    ['144 megapixels in half a megabyte', () => sharp({ create: { width: 12_000, height: 12_000, channels: 3, background: '#fff' } }).png({ compressionLevel: 9 }).toBuffer(), 'IMAGE_TOO_MANY_PIXELS'],
  ])('refuses %s', async (_name, make, code) => {
    const { uploadId } = await studio.upload(artist, { bytes: await make(), styleId });
    expect(await refusal(accept(uploadId))).toMatchObject({ code });
    expect(await artworksOf()).toEqual([]);
    // Nothing of it lies in the store under the style.
    expect(await api.deps.store.list(`styles/${styleId}/`)).toEqual({ items: [], nextCursor: null });
  });

  it('says how large and how large it must be', async () => {
    const { uploadId } = await studio.upload(artist, { bytes: await noiseImage({ width: 300, height: 900 }), styleId });
    expect(await refusal(accept(uploadId))).toMatchObject({ details: { width: 300, height: 900, minPx: 512 } });
  });

  it('gives no place to files over 10 MB or of other types, by the name of the file', async () => {
    const create = (file: object) => artist.api.uploads.create.mutate({ purpose: 'artwork', styleId, files: [{ name: 'ok.png', bytes: 10, contentType: 'image/png' }, { name: 'big.png', bytes: 10, contentType: 'image/png', ...file }] });
    expect(await refusal(create({ bytes: LIMITS.uploadMaxBytes + 1 }))).toMatchObject({ code: 'IMAGE_SIZE_EXCEEDED', details: { index: 1, name: 'big.png' } });
    for (const contentType of ['image/svg+xml', 'image/webp', 'text/html']) expect(await refusal(create({ contentType }))).toMatchObject({ code: 'INVALID_IMAGE_FORMAT', details: { index: 1 } });
    await expect(create({ bytes: LIMITS.uploadMaxBytes })).resolves.toMatchObject({ items: [{ method: 'PUT' }, { method: 'PUT' }] });
  });
});

describe('uploads', () => {
  it('accepts nothing that never came, or came half', async () => {
    const bytes = await noiseImage({ seed: 31 });
    const { items: [place] } = await artist.api.uploads.create.mutate({ purpose: 'artwork', styleId, files: [{ name: 'a.png', bytes: bytes.length, contentType: 'image/png' }] });
    expect(await refusal(accept(place!.uploadId))).toMatchObject({ code: 'UPLOAD_INCOMPLETE' });
    expect((await studio.send(place!, bytes.subarray(0, 1000))).ok).toBe(false);
    expect(await refusal(accept(place!.uploadId))).toMatchObject({ code: 'UPLOAD_INCOMPLETE' });
    // The same place takes the whole file afterwards: each is retried on its own.
    expect((await studio.send(place!, bytes)).status).toBe(200);
    expect(await accept(place!.uploadId)).toMatchObject({ ordinal: 0 });
  });

  it('keeps nothing of an upload that was cut off half way', async () => {
    const bytes = await noiseImage({ seed: 32 });
    const { items: [place] } = await artist.api.uploads.create.mutate({ purpose: 'artwork', styleId, files: [{ name: 'a.png', bytes: bytes.length, contentType: 'image/png' }] });
    await new Promise<void>((resolve) => {
      const sending = httpRequest(studio.here(place!.url), { method: 'PUT', headers: { ...place!.headers, 'Content-Length': bytes.length } });
      sending.on('error', () => resolve());
      sending.write(bytes.subarray(0, bytes.length / 2), () => setImmediate(() => sending.destroy(new Error('cut off'))));
    });
    expect(await refusal(accept(place!.uploadId))).toMatchObject({ code: 'UPLOAD_INCOMPLETE' });
    const { key } = await api.db.upload.findUniqueOrThrow({ where: { id: place!.uploadId } });
    await vi.waitFor(async () => expect(await api.deps.store.head(key)).toBeNull());
  });

  it('does not care for what is sent to the place after it was checked', async () => {
    const [good, evil] = [await noiseImage({ seed: 33 }), Buffer.from('<script>')];
    const place = await studio.upload(artist, { bytes: good, styleId });
    const artwork = await accept(place.uploadId);
    const before = await stored(artwork.id);
    expect((await studio.send(place, good)).status).toBe(200); // the link still lives
    expect((await studio.send(place, evil)).ok).toBe(false); // of another length
    const other = await noiseImage({ seed: 34 });
    const padded = Buffer.concat([other, Buffer.alloc(Math.max(0, good.length - other.length))]).subarray(0, good.length);
    expect((await studio.send(place, padded)).status).toBe(200);
    expect(await accept(place.uploadId)).toEqual(artwork);
    expect(await stored(artwork.id)).toEqual(before);
  });

  it('answers the same acceptance with the same artwork, once, however often at once', async () => {
    const { uploadId } = await studio.upload(artist, { bytes: await noiseImage({ seed: 35 }), styleId });
    const answers = await Promise.all([1, 2, 3].map(() => accept(uploadId)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await artworksOf()).toHaveLength(1);
    await artist.api.styles.removeArtworks.mutate({ styleId, artworkIds: [answers[0]!.id] });
    expect(await refusal(accept(uploadId))).toMatchObject({ code: 'UPLOAD_USED' });
  });

  it('is nobody else’s to accept', async () => {
    const { uploadId } = await studio.upload(artist, { bytes: await noiseImage({ seed: 36 }) });
    const other = await studio.artist();
    const { id: theirs } = await studio.style(other);
    expect(await refusal(other.api.styles.acceptArtwork.mutate({ styleId: theirs, uploadId }))).toMatchObject({ code: 'UPLOAD_NOT_FOUND' });
    expect(await refusal(artist.api.styles.acceptArtwork.mutate({ styleId: theirs, uploadId }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await accept(uploadId)).toMatchObject({ ordinal: 0 });
  });
});

describe('what an artwork becomes', () => {
  it('stands upright, without its metadata', async () => {
    const bytes = await sharp(await noiseImage({ seed: 41, width: 900, height: 600, format: 'jpeg' })).withExif({ IFD0: { Copyright: 'secret place', Orientation: '6' } }).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const artwork = await studio.artwork(artist, styleId, bytes);
    expect(artwork).toMatchObject({ width: 600, height: 900 });
    const { orientation, exif, width, height } = await sharp(await stored(artwork.id)).metadata();
    expect({ orientation, exif, width, height }).toEqual({ orientation: undefined, exif: undefined, width: 600, height: 900 });
  });

  it('is in sRGB when it came in CMYK, and of 8 bits when it came in 16', async () => {
    const cmyk = await sharp(await noiseImage({ seed: 42, format: 'jpeg' })).toColourspace('cmyk').jpeg().toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    const artwork = await studio.artwork(artist, styleId, cmyk);
    expect(await sharp(await stored(artwork.id)).metadata()).toMatchObject({ space: 'srgb', format: 'jpeg' });
    const deep = await sharp(await noiseImage({ seed: 43 })).toColourspace('rgb16').png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    const shallow = await studio.artwork(artist, styleId, deep);
    expect(await sharp(await stored(shallow.id)).metadata()).toMatchObject({ depth: 'uchar', channels: 3, format: 'png' });
  });

  it('lies on paper where it was transparent, and keeps grey pictures grey', async () => {
    const clear = await sharp({ create: { width: 600, height: 600, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0 } } }).png().toBuffer();
    const artwork = await studio.artwork(artist, styleId, clear);
    const { dominant } = await sharp(await stored(artwork.id)).stats();
    expect(Math.min(dominant.r, dominant.g, dominant.b)).toBeGreaterThan(240);
    const grey = await studio.artwork(artist, styleId, await sharp(await noiseImage({ seed: 44 })).greyscale().png().toBuffer());
    expect(grey).toMatchObject({ width: 640, height: 640 });
  });

  it('is scaled down when huge; a panorama keeps its 512 pixels', async () => {
    const wide = await studio.artwork(artist, styleId, await sharp(await noiseImage({ seed: 45, format: 'jpeg' })).resize(4400, 600, { fit: 'fill' }).jpeg({ quality: 60 }).toBuffer());
    expect(wide).toMatchObject({ width: 4096, height: 559 });
    const panorama = await studio.artwork(artist, styleId, await sharp(await noiseImage({ seed: 46, format: 'jpeg' })).resize(5000, 560, { fit: 'fill' }).jpeg({ quality: 60 }).toBuffer());
    expect(panorama).toMatchObject({ width: 4569, height: 512 });
  });

  it('has a thumbnail, a colour, and figures that know it again', async () => {
    const bytes = await noiseImage({ seed: 47, width: 900, height: 600 });
    const artwork = await studio.artwork(artist, styleId, bytes);
    expect(artwork.dominantColour).toMatch(/^#[0-9a-f]{6}$/);
    const row = await api.db.artwork.findUniqueOrThrow({ where: { id: artwork.id } });
    expect(await sharp(await readObject(api.deps.store, row.thumbnailKey, 1e6)).metadata()).toMatchObject({ format: 'webp', width: 256, height: 171 });
    const copy = await studio.artwork(artist, styleId, await sharp(bytes).resize(780).jpeg({ quality: 50 }).toBuffer());
    const copyRow = await api.db.artwork.findUniqueOrThrow({ where: { id: copy.id } });
    expect(hashDistance(row.perceptualHash, copyRow.perceptualHash)).toBeLessThanOrEqual(4);
    const check = await artist.api.styles.check.query({ styleId });
    expect(check.advice).toContainEqual(expect.objectContaining({ code: 'near_duplicate', artworkId: copy.id, otherArtworkId: artwork.id }));
  });

  it('is advised against when it is blurred', async () => {
    const sharpOne = await studio.artwork(artist, styleId, await noiseImage({ seed: 48, width: 800, height: 800 }));
    const blurred = await studio.artwork(artist, styleId, await sharp(await noiseImage({ seed: 49, width: 800, height: 800 })).blur(8).png().toBuffer());
    const { advice, sharpAndLarge } = await artist.api.styles.check.query({ styleId });
    expect(advice.filter(({ code }) => code === 'blurred').map(({ artworkId }) => artworkId)).toEqual([blurred.id]);
    expect(advice.some(({ artworkId, code }) => artworkId === sharpOne.id && code === 'small')).toBe(false);
    expect(sharpAndLarge).toBe(1);
  });
});

describe('many at once', () => {
  it('gives artworks that are accepted at the same moment ordinals of their own, and counts their tags', async () => {
    const uploads = await Promise.all(Array.from({ length: 12 }, async (_, i) => studio.upload(artist, { bytes: await noiseImage({ seed: 60 + i, width: 512, height: 512, format: 'jpeg' }), contentType: 'image/jpeg', styleId })));
    await Promise.all(uploads.map(({ uploadId }) => accept(uploadId)));
    const artworks = await artworksOf();
    expect(artworks.map(({ ordinal }) => ordinal)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(await api.db.styleTag.findMany({ where: { styleId } })).toEqual([{ styleId, tag: titleTag, count: 12 }]);
  });

  it('takes a hundred and refuses the hundred-and-first, also when several come at once', async () => {
    await studio.fill(styleId, 98);
    const bytes = await noiseImage({ seed: 80, width: 512, height: 512, format: 'jpeg' });
    const uploads = await Promise.all(Array.from({ length: 5 }, () => studio.upload(artist, { bytes, contentType: 'image/jpeg', styleId })));
    const answers = await Promise.all(uploads.map(({ uploadId }) => accept(uploadId).then(() => 'taken', async (error: unknown) => (await refusal(Promise.reject(error))).code)));
    expect(answers.toSorted()).toEqual(['TOO_MANY_ARTWORKS', 'TOO_MANY_ARTWORKS', 'TOO_MANY_ARTWORKS', 'taken', 'taken']);
    expect(await artworksOf()).toHaveLength(LIMITS.artworksMax);
    // What was written for those refused is noted for deletion.
    const objects = await api.deps.store.list(`styles/${styleId}/`);
    const kept = new Set((await artworksOf()).flatMap(({ key, thumbnailKey }) => [key, thumbnailKey]));
    const left = objects.items.map(({ key }) => key).filter((key) => !kept.has(key));
    const noted = await api.db.objectDeletion.findMany({ where: { key: { in: left } } });
    expect(new Set(noted.map(({ key }) => key))).toEqual(new Set(left));
  });

  it('keeps counts right when tags are set from many pages at once', async () => {
    const ids = await studio.fill(styleId, 10, () => [titleTag]);
    const tag = (artworkIds: string[], add: string[], remove: string[] = []) => artist.api.styles.tagArtworks.mutate({ styleId, artworkIds, add, remove });
    await Promise.all(ids.flatMap((id, i) => [tag([id], ['sea', `own ${i}`]), tag([id], ['storm'])]));
    await Promise.all([tag(ids.slice(0, 5), [], ['sea']), tag(ids.slice(5), ['night'], ['storm']), tag(ids, ['boat'])]);
    const counts = Object.fromEntries((await api.db.styleTag.findMany({ where: { styleId } })).map((row) => [row.tag, row.count]));
    const expected: Record<string, number> = {};
    for (const { tags } of await artworksOf()) for (const name of tags) expected[name] = (expected[name] ?? 0) + 1;
    expect(counts).toEqual(expected);
    expect(counts).toMatchObject({ [titleTag]: 10, sea: 5, storm: 5, boat: 10, night: 5, 'own 3': 1 });
  });
});

describe('tags', () => {
  it.each(['바다', 'x'.repeat(31), 'a_b', '<b>', '!', '☂'])('refuses %j with the word, and changes nothing', async (word) => {
    const [id] = await studio.fill(styleId, 1, () => [titleTag]);
    expect(await refusal(artist.api.styles.tagArtworks.mutate({ styleId, artworkIds: [id!], add: ['sea', word], remove: [] }))).toMatchObject({ code: 'TAG_INVALID', details: { tag: word.slice(0, 30) } });
    expect((await artworksOf())[0]!.tags).toEqual([titleTag]);
  });

  it('takes twenty beside the title, which cannot be taken away', async () => {
    const [id, other] = await studio.fill(styleId, 2, () => [titleTag]);
    const twenty = Array.from({ length: 20 }, (_, i) => `tag ${i}`);
    const tag = (add: string[], remove: string[] = [], artworkIds = [id!]) => artist.api.styles.tagArtworks.mutate({ styleId, artworkIds, add, remove });
    expect((await tag(twenty)).items[0]!.tags).toHaveLength(21);
    expect(await refusal(tag(['one more'], [], [other!, id!]))).toMatchObject({ code: 'TOO_MANY_TAGS', details: { max: 20, artworkId: id } });
    expect((await artworksOf()).find((artwork) => artwork.id === other)!.tags).toEqual([titleTag]);
    expect((await tag(['one more'], ['tag 3', titleTag])).items[0]!.tags).toEqual([titleTag, ...twenty.filter((name) => name !== 'tag 3'), 'one more']);
  });

  it('refuses a tag that is switched off, and hides it from lists', async () => {
    const word = `off${randomUUID().slice(0, 6)}`;
    const { styleId: published } = await studio.published({ tags: () => [word] });
    await api.db.$executeRaw`INSERT INTO style_tags (style_id, tag, count) VALUES (${published}::uuid, ${word}, 10) ON CONFLICT DO NOTHING`;
    const names = async () => (await api.browser().api.styles.tags.query({ q: word })).items.map(({ tag }) => tag);
    expect(await names()).toEqual([word]);
    await api.db.tagRule.create({ data: { tag: word, state: 'off' } });
    expect(await names()).toEqual([]);
    expect((await api.browser().api.styles.get.query({ styleId: published })).tags.map(({ tag }) => tag)).not.toContain(word);
    const [id] = await studio.fill(styleId, 1, () => [titleTag]);
    expect(await refusal(artist.api.styles.tagArtworks.mutate({ styleId, artworkIds: [id!], add: [word], remove: [] }))).toMatchObject({ code: 'TAG_OFF', details: { tag: word } });
  });

  it('refuses artworks of another style', async () => {
    const other = await studio.artist();
    const { id: theirs } = await studio.style(other);
    const [foreign] = await studio.fill(theirs, 1, () => []);
    const [own] = await studio.fill(styleId, 1, () => [titleTag]);
    const both = { styleId, artworkIds: [own!, foreign!] };
    expect(await refusal(artist.api.styles.tagArtworks.mutate({ ...both, add: ['sea'], remove: [] }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(artist.api.styles.removeArtworks.mutate(both))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await artworksOf()).toHaveLength(1);
  });
});

describe('removing artworks', () => {
  it('takes rows, counts and files; the others keep their places', async () => {
    const ids = await studio.fill(styleId, 4, (i) => [titleTag, i < 2 ? 'sea' : 'hill']);
    const [first] = await artworksOf();
    await artist.api.styles.removeArtworks.mutate({ styleId, artworkIds: [ids[0]!, ids[2]!] });
    expect((await artworksOf()).map(({ ordinal }) => ordinal)).toEqual([1, 3]);
    const counts = Object.fromEntries((await api.db.styleTag.findMany({ where: { styleId } })).map(({ tag, count }) => [tag, count]));
    expect(counts).toEqual({ [titleTag]: 2, sea: 1, hill: 1 });
    expect(await api.db.objectDeletion.count({ where: { key: { in: [first!.key, first!.thumbnailKey] } } })).toBe(2);
    const next = await studio.artwork(artist, styleId, await noiseImage({ seed: 90 }));
    expect(next.ordinal).toBe(4);
  });
});
