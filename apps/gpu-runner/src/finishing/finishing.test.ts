import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIMITS } from '@style-license/shared';
import { noiseImage } from '@style-license/testkit';
import exifr from 'exifr';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finishImage } from './finish-image.ts';
import { xmpOf, type Rights } from './metadata.ts';
import { makePreview } from './preview.ts';
import { placeSignature } from './signature.ts';

const rights: Rights = {
  artist: { name: '김하늘 & "Sky" <b>', username: 'haneul' }, style: { id: '9b2c8f4e-5b1e-4f0e-9d6f-0f3f6f8a1c11', title: 'Paper Harbour' },
  termsUrl: 'https://example.test/en/styles/1/terms?v=2&x=1', licenceId: '7K2M94QD1X',
};
let folder: string;
const file = async (name: string, bytes: Buffer): Promise<string> => {
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
};
/** exifr leaves XML's entities as they are. */
const decoded = (value: unknown): string => String(value).replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
const solid = (width: number, height: number, background: object): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 1, ...background } } }).png().toBuffer();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'finishing-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('where the signature stands', () => {
  const sizes = [[512, 512], [1024, 1024], [512, 1024]] as const;
  it('is the box of the product, whatever the shape of the signature', () => {
    fc.assert(
      fc.property(fc.constantFrom(...sizes), fc.integer({ min: 1, max: 4000 }), fc.integer({ min: 1, max: 4000 }), ([width, height], w, h) => {
        const short = Math.min(width, height);
        const place = placeSignature({ width, height }, { width: w, height: h });
        expect(place.width).toBeLessThanOrEqual(Math.max(1, short * 0.18));
        expect(place.height).toBeLessThanOrEqual(Math.max(1, short * 0.12));
        expect(place.left + place.width).toBe(width - Math.round(short * 0.04));
        expect(place.top + place.height).toBe(height - Math.round(short * 0.04));
        // It fills the box in one direction: no signature is smaller than it could be.
        expect(place.width >= short * 0.18 - 1 || place.height >= short * 0.12 - 1).toBe(true);
      }),
    );
  });
});

describe('a finished image', () => {
  it('is signed at 90% and carries nothing else of the signature', async () => {
    const white = await file('white.png', await solid(512, 512, { r: 255, g: 255, b: 255 }));
    const black = await file('black.png', await solid(300, 100, {}));
    const { original } = await finishImage(white, { width: 512, height: 512 }, black, rights);
    const { data, info } = await sharp(original).raw().toBuffer({ resolveWithObject: true });
    expect(info.channels).toBe(3);
    const at = (x: number, y: number): number => data[(y * info.width + x) * 3]!;
    const place = placeSignature({ width: 512, height: 512 }, { width: 300, height: 100 });
    // 10% of the white shines through.
    expect(at(place.left + 20, place.top + 10)).toBeGreaterThan(20);
    expect(at(place.left + 20, place.top + 10)).toBeLessThan(31);
    expect(at(place.left - 3, place.top + 10)).toBe(255);
    expect(at(511, 511)).toBe(255);
  });

  it('says whose style it is, under which licence, made by a machine, in every rendition that leaves', async () => {
    const picture = await file('picture.png', await noiseImage({ width: 512, height: 1024 }));
    const signature = await file('signature.png', await solid(40, 200, { r: 200 }));
    const { original, feed, thumbnail, width, height, dominantColour } = await finishImage(picture, { width: 512, height: 1024 }, signature, rights);
    expect([width, height]).toEqual([512, 1024]);
    expect(dominantColour).toMatch(/^#[0-9a-f]{6}$/);
    // exifr reads XMP of JPEGs only; the packet itself is carried over as it stands in the PNG.
    const meta = (await exifr.parse(await sharp(original).keepMetadata().jpeg().toBuffer(), { xmp: true, ifd0: {}, mergeOutput: false })) as Record<string, Record<string, unknown>>;
    expect(meta['ifd0']).toMatchObject({ Artist: 'haneul', ImageDescription: 'Paper Harbour, licence 7K2M9-4QD1X' });
    expect(String(meta['ifd0']!['Copyright'])).toContain(rights.termsUrl);
    expect(decoded(meta['dc']!['creator'])).toBe(rights.artist.name);
    expect(meta['dc']!['identifier']).toBe(rights.licenceId);
    expect(decoded(meta['xmpRights']!['WebStatement'])).toBe(rights.termsUrl);
    expect(meta['Iptc4xmpExt']).toMatchObject({ DigitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia' });
    expect(meta['sl']).toMatchObject({ licenceId: rights.licenceId, styleTitle: 'Paper Harbour' });
    expect((await sharp(original).metadata()).format).toBe('png');
    const feedInfo = await sharp(feed).metadata();
    expect([feedInfo.format, feedInfo.width, feedInfo.height]).toEqual(['webp', 512, 1024]);
    expect(feedInfo.xmp?.toString()).toContain('7K2M94QD1X');
    const small = await sharp(thumbnail).metadata();
    expect([small.format, small.width, small.height]).toEqual(['webp', LIMITS.thumbnailPx, LIMITS.thumbnailPx]);
  });

  it.each([
    ['not a picture', async () => Buffer.from('nothing of the kind')],
    ['cut off', async () => (await noiseImage({ width: 512, height: 512 })).subarray(0, 40_000)],
    ['of another size', async () => await solid(256, 256, {})],
  ])('is not made of a file that is %s', async (_, bytes) => {
    const picture = await file('bad.png', await bytes());
    const signature = await file('signature.png', await solid(40, 20, {}));
    await expect(finishImage(picture, { width: 512, height: 512 }, signature, rights)).rejects.toMatchObject({ reason: 'crashed' });
  });

  it('keeps XMP well-formed and a sample without licence', () => {
    const xmp = xmpOf({ ...rights, style: { ...rights.style, title: 'a\u0000b\u0008' }, licenceId: null });
    expect(xmp).toContain('김하늘 &amp; &quot;Sky&quot; &lt;b&gt;');
    expect(xmp).toContain('<sl:styleTitle>ab</sl:styleTitle>');
    expect(xmp).not.toContain('licenceId');
  });
});

describe('a preview', () => {
  it('is small, signed and under 20 kB, even of noise', async () => {
    const noise = await sharp({ create: { width: 256, height: 512, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 90 } } }).png().toBuffer();
    const picture = await file('noise.png', noise);
    const signature = await file('signature.png', await solid(300, 100, { r: 255 }));
    const preview = await makePreview(picture, { width: 512, height: 1024 }, signature);
    expect(preview!.length).toBeLessThanOrEqual(LIMITS.previewMaxBytes);
    const { data, info } = await sharp(preview!).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([128, 256]);
    const place = placeSignature({ width: 128, height: 256 }, { width: 300, height: 100 });
    const at = ((place.top + 3) * info.width + place.left + 8) * info.channels;
    expect(data[at]! - data[at + 1]!).toBeGreaterThan(100);
  });
  it('is never the picture of the last step', async () => {
    const picture = await file('last.png', await noiseImage({ width: 512, height: 512 }));
    const signature = await file('signature.png', await solid(40, 20, {}));
    expect(await makePreview(picture, { width: 512, height: 512 }, signature)).toBeNull();
  });
  it('is left out while its file is half-written', async () => {
    const picture = await file('half.png', (await noiseImage({ width: 128, height: 128 })).subarray(0, 2_000));
    const signature = await file('signature.png', await solid(40, 20, {}));
    expect(await makePreview(picture, { width: 512, height: 512 }, signature)).toBeNull();
    expect(await makePreview(join(folder, 'nothing.png'), { width: 512, height: 512 }, signature)).toBeNull();
  });
});
