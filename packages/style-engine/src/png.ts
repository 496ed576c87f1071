import { promisify } from 'node:util';
import { constants, crc32, deflate } from 'node:zlib';
import type { Raster } from './raster.ts';

const deflated = promisify(deflate);

/** Length, type, data, checksum. */
function chunk(type: string, data: Uint8Array): Buffer {
  const out = Buffer.alloc(12 + data.byteLength);
  out.writeUInt32BE(data.byteLength, 0);
  out.write(type, 4, 'latin1');
  out.set(data, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.byteLength)), 8 + data.byteLength);
  return out;
}

/** A picture as PNG: 8-bit RGB, each row as the difference from the pixel to the left. Enough here, and no image library to load for it. */
export async function encodePng({ rgb, width, height }: Raster): Promise<Uint8Array[]> {
  const stride = width * 3;
  const rows = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y++) {
    const from = y * stride;
    const to = y * (stride + 1) + 1;
    rows[to - 1] = 1;
    for (let i = 0; i < 3; i++) rows[to + i] = rgb[from + i];
    for (let i = 3; i < stride; i++) rows[to + i] = rgb[from + i] - rgb[from + i - 3];
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const data = await deflated(rows, { level: 3, strategy: constants.Z_FILTERED });
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return [signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', new Uint8Array(0))];
}
