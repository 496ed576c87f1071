/** Two figures of a picture that let pictures be compared without looking at them again. */
import type { Sharp } from 'sharp';

const HASH_SAMPLE_PX = 32;
const HASH_SIDE = 8;
const SHARPNESS_PX = 512;
/** Squared slope below which a pixel is ground and not edge: there, rounding to 8 bits looks like detail. */
const EDGE_SLOPE = 18;
/** Share of edge pixels below which there is nothing to be sharp or blurred. */
const EDGES_MIN = 0.0005;

const COSINES = Array.from({ length: HASH_SIDE }, (_, k) =>
  Float64Array.from({ length: HASH_SAMPLE_PX }, (_, x) => Math.cos((Math.PI * k * (2 * x + 1)) / (2 * HASH_SAMPLE_PX))),
);

/**
 * 64 bits, 16 hex digits: which of the 8 × 8 lowest frequencies lie above their median. Survives scaling, re-encoding and small
 * changes of brightness; near-duplicates differ in few bits.
 */
export async function perceptualHash(image: Sharp): Promise<string> {
  const grey = await image.greyscale().resize(HASH_SAMPLE_PX, HASH_SAMPLE_PX, { fit: 'fill', kernel: 'cubic' }).raw().toBuffer();
  const values: number[] = [];
  for (let v = 0; v < HASH_SIDE; v++) {
    for (let u = 0; u < HASH_SIDE; u++) {
      let sum = 0;
      for (let y = 0; y < HASH_SAMPLE_PX; y++) {
        for (let x = 0; x < HASH_SAMPLE_PX; x++) sum += grey[y * HASH_SAMPLE_PX + x]! * COSINES[u]![x]! * COSINES[v]![y]!;
      }
      values.push(sum);
    }
  }
  // The first is the mean brightness, which says nothing about the picture.
  const sorted = values.slice(1).sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1]!;
  let hex = '';
  for (let i = 0; i < values.length; i += 4) {
    const bits = [0, 1, 2, 3].reduce((sum, j) => sum * 2 + (values[i + j]! > median && i + j > 0 ? 1 : 0), 0);
    hex += bits.toString(16);
  }
  return hex;
}

/** Bits in which two hashes differ, 0–64. */
export function hashDistance(a: string, b: string): number {
  return bitsOf(half(a, 0) ^ half(b, 0)) + bitsOf(half(a, 8) ^ half(b, 8));
}

const half = (hash: string, at: number): number => Number.parseInt(hash.slice(at, at + 8), 16);

/** Ones in 32 bits, added up in parallel: a set of a hundred has five thousand pairs. */
function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/**
 * How sharp the edges are at the size that training sees: energy of the second derivative over that of the first. An edge as
 * wide as one pixel gives about 1, one of w pixels about 1/w², whatever its contrast and however few edges there are; so a flat
 * poster is not taken for a blurred photograph.
 */
export async function sharpness(image: Sharp): Promise<number> {
  const grey = await image.greyscale().resize(SHARPNESS_PX, SHARPNESS_PX, { fit: 'cover' }).raw().toBuffer();
  let curvature = 0;
  let slope = 0;
  let edges = 0;
  for (let y = 1; y < SHARPNESS_PX - 1; y++) {
    for (let x = 1; x < SHARPNESS_PX - 1; x++) {
      const i = y * SHARPNESS_PX + x;
      const [left, right, up, down] = [grey[i - 1]!, grey[i + 1]!, grey[i - SHARPNESS_PX]!, grey[i + SHARPNESS_PX]!];
      const steep = ((right - left) ** 2 + (down - up) ** 2) / 2;
      if (steep < EDGE_SLOPE) continue;
      slope += steep;
      curvature += (left + right + up + down - 4 * grey[i]!) ** 2;
      edges++;
    }
  }
  return edges / (SHARPNESS_PX - 2) ** 2 < EDGES_MIN ? 0 : curvature / slope;
}
