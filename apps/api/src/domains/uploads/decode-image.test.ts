import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../testing/api.ts';
import { picture } from '../../testing/pictures.ts';
import { decodeImage, sharpOf } from './decode-image.ts';

const RULES = { formats: ['jpeg', 'png', 'webp'] as const, minPx: 512, maxPx: 2_048 };
const codeOf = async (bytes: Buffer, rules: Parameters<typeof decodeImage>[1] = RULES): Promise<string> => (await refusal(decodeImage(bytes, rules))).code;

/** A PNG of one colour, written by hand: hardly any bytes, as many pixels as one likes. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    checksum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, checksum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc(Math.ceil(width / 8 + 1) * Math.min(height, 64)), { level: 9 });
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

describe('decoding', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('takes a %s', async (format) => {
    const image = await decodeImage(await picture().toFormat(format).toBuffer(), RULES);
    expect(image).toMatchObject({ format, width: 640, height: 560, originalWidth: 640, originalHeight: 560, channels: 3 });
    expect(image.pixels).toHaveLength(640 * 560 * 3);
  });

  it('turns a rotated JPEG upright and drops where it was taken', async () => {
    const turned = await picture(640, 560).jpeg().withExif({ IFD0: { Artist: 'somebody' } }).withMetadata({ orientation: 6 }).toBuffer();
    const image = await decodeImage(turned, RULES);
    expect(image).toMatchObject({ originalWidth: 560, originalHeight: 640, width: 560, height: 640 });
    const canonical = await sharpOf(image).png().toBuffer();
    expect((await sharp(canonical).metadata()).exif).toBeUndefined();
  });

  it('turns CMYK into sRGB of about the same colours', async () => {
    const cmyk = await sharp({ create: { width: 600, height: 600, channels: 3, background: { r: 200, g: 60, b: 40 } } }).toColourspace('cmyk').jpeg().toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    const image = await decodeImage(cmyk, RULES);
    expect(image.channels).toBe(3);
    const [r, g, b] = image.pixels;
    expect([Math.abs(r! - 200) < 40, Math.abs(g! - 60) < 40, Math.abs(b! - 40) < 40]).toEqual([true, true, true]);
  });

  it('takes grey, 16 bit, a palette and transparency', async () => {
    expect((await decodeImage(await picture().greyscale().jpeg().toBuffer(), RULES)).channels).toBe(3);
    expect((await decodeImage(await picture().toColourspace('rgb16').png().toBuffer(), RULES)).pixels).toHaveLength(640 * 560 * 3);
    expect((await decodeImage(await picture().png({ palette: true }).toBuffer(), RULES)).channels).toBe(3);
    const clear = await decodeImage(await picture().ensureAlpha(0.5).png().toBuffer(), RULES);
    expect([clear.channels, clear.pixels[3]! >> 1]).toEqual([4, 63]);
    const grey = await decodeImage(await picture().greyscale().ensureAlpha(0.5).png().toBuffer(), RULES);
    expect([grey.channels, grey.pixels[3]! >> 1, grey.pixels[0] === grey.pixels[2]]).toEqual([4, 63, true]);
  });

  it('scales what is larger than needed down', async () => {
    expect(await decodeImage(await picture(3_000, 1_500).jpeg().toBuffer(), RULES)).toMatchObject({ originalWidth: 3_000, width: 2_048, height: 1_024 });
  });

  it('looks at the content, not the name', async () => {
    expect(await codeOf(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="600" height="600"><script>alert(1)</script></svg>'))).toBe('INVALID_IMAGE_FORMAT');
    expect(await codeOf(await picture().gif().toBuffer())).toBe('INVALID_IMAGE_FORMAT');
    expect(await codeOf(Buffer.from('hello, I am a JPEG'))).toBe('INVALID_IMAGE_FORMAT');
    expect(await codeOf(Buffer.alloc(0))).toBe('INVALID_IMAGE_FORMAT');
    expect(await codeOf(await picture().jpeg().toBuffer(), { ...RULES, formats: ['png'] })).toBe('INVALID_IMAGE_FORMAT');
  });

  it('refuses too few and too many pixels, the latter before unpacking any', async () => {
    expect(await refusal(decodeImage(await picture(511, 800).png().toBuffer(), RULES))).toEqual({ code: 'IMAGE_TOO_SMALL', details: { width: 511, height: 800, minPx: 512 } });
    const huge = bomb(60_000, 60_000);
    expect(huge.length).toBeLessThan(10_000);
    expect(await codeOf(huge)).toBe('IMAGE_TOO_MANY_PIXELS');
  });

  it.each(['jpeg', 'png', 'webp'] as const)('tells a %s that was cut off', async (format) => {
    const whole = await picture().toFormat(format).toBuffer();
    expect(await codeOf(whole.subarray(0, Math.floor(whole.length / 2)))).toBe('IMAGE_TRUNCATED');
  });

  it('tells a broken file', async () => {
    const broken = Buffer.from(await picture().png().toBuffer());
    broken.fill(0x5a, 60, 400);
    expect(await codeOf(broken)).toBe('IMAGE_UNREADABLE');
    expect(await codeOf(bomb(600, 9_000))).toBe('IMAGE_UNREADABLE');
  });

  it('refuses or decodes whatever comes, and nothing else happens', async () => {
    const whole = await picture(520, 520).jpeg({ quality: 60 }).toBuffer();
    const codes = new Set(['IMAGE_TRUNCATED', 'IMAGE_UNREADABLE', 'INVALID_IMAGE_FORMAT', 'IMAGE_TOO_SMALL', 'IMAGE_TOO_MANY_PIXELS']);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 0, max: whole.length - 1 }), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 12 }), async (changes) => {
        const changed = Buffer.from(whole);
        for (const [at, value] of changes) changed[at] = value;
        try {
          const image = await decodeImage(changed, RULES);
          expect(image.pixels).toHaveLength(image.width * image.height * image.channels);
        } catch (error) {
          expect(codes).toContain((await refusal(Promise.reject(error as Error))).code);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('many at once all get their turn, also when some fail', async () => {
    const good = await picture().jpeg().toBuffer();
    const results = await Promise.allSettled(Array.from({ length: 8 }, (_value, i) => decodeImage(i % 2 === 0 ? good : good.subarray(0, 900), RULES)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled', 'rejected']);
  });
});
