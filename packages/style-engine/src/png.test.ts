import sharp from 'sharp';
import { expect, test } from 'vitest';
import { encodePng } from './png.ts';
import { mulberry32 } from './rng.ts';

test('a picture written is the picture read by another program', async () => {
  const random = mulberry32(3);
  for (const [width, height] of [[1, 1], [7, 3], [64, 40]] as const) {
    const rgb = Uint8Array.from({ length: width * height * 3 }, () => Math.floor(random() * 256));
    const { data, info } = await sharp(Buffer.concat(await encodePng({ rgb, width, height }))).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width, height, channels: 3 });
    expect(new Uint8Array(data)).toEqual(rgb);
  }
});
