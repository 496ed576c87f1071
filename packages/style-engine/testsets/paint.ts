import sharp, { type Sharp } from 'sharp';
import type { Drawing, Finish, Size } from './svg.ts';

function lattice(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 0x27d4eb2f) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2147483648 - 1;
}

/** Smooth noise over the plane for one picture, `period` pixels from bump to bump, added to `into` times `size`. Rows are interpolated cell by cell. */
function addNoise(into: Float32Array, width: number, height: number, period: number, size: number, seed: number): void {
  const columns = Math.ceil(width / period) + 2;
  const upper = new Float32Array(columns);
  const lower = new Float32Array(columns);
  const ease = new Float32Array(width);
  const cell = new Int32Array(width);
  for (let x = 0; x < width; x++) {
    const fx = x / period;
    const i = Math.floor(fx);
    const t = fx - i;
    cell[x] = i;
    ease[x] = t * t * (3 - 2 * t);
  }
  let row = -1;
  for (let y = 0; y < height; y++) {
    const fy = y / period;
    const j = Math.floor(fy);
    if (j !== row) {
      for (let i = 0; i < columns; i++) {
        upper[i] = lattice(i, j, seed);
        lower[i] = lattice(i, j + 1, seed);
      }
      row = j;
    }
    const v = fy - j;
    const s = v * v * (3 - 2 * v);
    for (let x = 0; x < width; x++) {
      const i = cell[x] ?? 0;
      const t = ease[x] ?? 0;
      const a = (upper[i] ?? 0) + ((upper[i + 1] ?? 0) - (upper[i] ?? 0)) * t;
      const b = (lower[i] ?? 0) + ((lower[i + 1] ?? 0) - (lower[i] ?? 0)) * t;
      into[y * width + x] = (into[y * width + x] ?? 0) + size * (a + (b - a) * s);
    }
  }
}

function noiseField(width: number, height: number, octaves: readonly (readonly [period: number, size: number])[], seed: number): Float32Array {
  const field = new Float32Array(width * height);
  octaves.forEach(([period, size], i) => {
    if (size !== 0) addNoise(field, width, height, Math.max(1.01, period), size, seed * 97 + i * 13 + 1);
  });
  return field;
}

/** Lays the hand's unevenness and the paper over a flat rendering. Pure: bytes in, bytes out. */
export function applyFinish(rgb: Uint8Array, { width, height }: Size, finish: Finish): Uint8Array {
  const unit = Math.min(width, height);
  const { seed } = finish;
  const broad = (finish.wander * unit) / 1000;
  const fine = (finish.fray * unit) / 1000;
  const wander = [
    [unit * 0.09, broad * 0.5],
    [unit * 0.04, broad * 0.3],
    [unit * 0.017, fine * 0.55],
    [unit * 0.006, fine * 0.35],
  ] as const;
  const dx = noiseField(width, height, wander, seed + 1);
  const dy = noiseField(width, height, wander, seed + 501);
  const tone = noiseField(width, height, [[unit * 0.16, finish.pigment * 0.1], [unit * 0.045, finish.pigment * 0.06], [unit * 0.012, finish.pigment * 0.05], [unit * 0.0035, finish.pigment * 0.06], [1.9, finish.grain * 0.07]], seed + 907);
  const relief = noiseField(width, height, [[unit * 0.011, 1.2], [unit * 0.0055, 1], [unit * 0.003, 0.6]], seed + 1409);
  const out = new Uint8Array(rgb.length);
  const depth = finish.relief * 0.055;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const p = y * width + x;
      const fx = Math.max(0, Math.min(width - 1.001, x + (dx[p] ?? 0)));
      const fy = Math.max(0, Math.min(height - 1.001, y + (dy[p] ?? 0)));
      const x0 = Math.floor(fx);
      const y0 = Math.floor(fy);
      const tx = fx - x0;
      const ty = fy - y0;
      const slope = (relief[p] ?? 0) - (relief[y > 0 && x > 0 ? p - width - 1 : p] ?? 0);
      const light = (1 + (tone[p] ?? 0)) * (1 + depth * slope);
      const i = (y0 * width + x0) * 3;
      for (let c = 0; c < 3; c++) {
        const top = (rgb[i + c] ?? 0) * (1 - tx) + (rgb[i + 3 + c] ?? 0) * tx;
        const bottom = (rgb[i + width * 3 + c] ?? 0) * (1 - tx) + (rgb[i + width * 3 + 3 + c] ?? 0) * tx;
        const value = top * (1 - ty) + bottom * ty;
        // Pigment darkens what is painted more than bare light paper.
        const settled = value * light + (value > 235 ? (value - value * light) * 0.35 : 0);
        out[p * 3 + c] = settled > 255 ? 255 : settled < 0 ? 0 : Math.round(settled);
      }
    }
  }
  return out;
}

/** A drawing as pixels, finished by hand and paper; a sharp pipeline to encode or resize as wanted. */
export async function paint(drawing: Drawing): Promise<Sharp> {
  const { data, info } = await sharp(Buffer.from(drawing.svg)).flatten({ background: '#ffffff' }).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const size = { width: info.width, height: info.height };
  return sharp(applyFinish(data, size, drawing.finish), { raw: { ...size, channels: 3 } });
}
