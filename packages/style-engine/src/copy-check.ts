import type { Level } from './exemplars.ts';
import { PAD } from './patchmatch.ts';

/**
 * Under this distance a picture counts as a copy. Whole, mirrored and cropped artworks (crops down to three fifths of the side, anywhere) measure
 * far less, see README.
 */
export const COPY_DISTANCE = 10;

export interface Nearest {
  image: number;
  /** Root mean square difference at 32 pixels, 0..255. */
  distance: number;
}

/** Part of an artwork, shares of its sides. */
interface Crop {
  x: number;
  y: number;
  w: number;
  h: number;
}
interface Candidate {
  image: number;
  exemplar: number;
  crop: Crop;
  distance: number;
}

/** Short side of the first, coarse search. */
const COARSE = 8;
/** Crops are tried down to this share of what fits. */
const ZOOMS = [1, 1.09, 1.19, 1.3, 1.42, 1.55, 1.7];
/** Steps of the coarse search, in pixels of the coarse picture. */
const STEP = 0.75;
/** Coarse finds that are looked at closely, at most so many of one artwork. */
const CLOSER = 24;
/** A find this much farther than the nearest after a step is let go. */
const HOPELESS = 1.8;
const CLOSER_PER_EXEMPLAR = 6;

/** A small picture with sums over its area, so that the mean of any part of it is four look-ups. */
interface Sums {
  width: number;
  height: number;
  table: Float64Array;
}

function sumsOf(level: Level, e: number): Sums {
  const { pixels, base } = level.exemplars;
  const width = level.exemplars.width[e];
  const height = level.exemplars.height[e];
  const stride = (width + 2 * PAD) * 3;
  const row = (width + 1) * 3;
  const table = new Float64Array((height + 1) * row);
  for (let y = 0; y < height; y++) {
    const at = base[e] + (y + PAD) * stride + PAD * 3;
    const sums = [0, 0, 0];
    for (let i = 0; i < width * 3; i++) {
      sums[i % 3] += pixels[at + i];
      table[(y + 1) * row + 3 + i] = table[y * row + 3 + i] + sums[i % 3];
    }
  }
  return { width, height, table };
}

/** Room for one row of sums; an exemplar at 64 pixels is at most 128 wide. */
const BAND = new Float64Array(1025 * 3);

/** Root mean square difference between a picture and a crop, each pixel against the mean of its part of the crop; `limit` when surely no less. */
function cropDistance(small: ArrayLike<number>, width: number, height: number, sums: Sums, crop: Crop, limit: number): number {
  const stop = limit * limit * width * height * 3;
  const left = crop.x * sums.width;
  const top = crop.y * sums.height;
  const stepX = (crop.w * sums.width) / width;
  const stepY = (crop.h * sums.height) / height;
  const area = stepX * stepY;
  let sum = 0;
  const { table } = sums;
  const row = (sums.width + 1) * 3;
  const begin = Math.floor(left) * 3;
  const end = Math.min(row, (Math.ceil(left + crop.w * sums.width) + 1) * 3);
  const band = BAND;
  for (let y = 0; y < height; y++) {
    // Sums of this row's band of the artwork, up to each of its columns.
    const y0 = top + y * stepY;
    const y1 = Math.min(sums.height, y0 + stepY);
    const a = Math.min(sums.height - 1, Math.floor(y0));
    const b = Math.min(sums.height - 1, Math.floor(y1));
    const ta = y0 - a;
    const tb = y1 - b;
    for (let i = begin; i < end; i++) {
      const upper = table[a * row + i];
      const lower = table[b * row + i];
      band[i] = lower + (table[(b + 1) * row + i] - lower) * tb - upper - (table[(a + 1) * row + i] - upper) * ta;
    }
    let r = 0;
    let g = 0;
    let l = 0;
    for (let x = 0; x <= width; x++) {
      const u = Math.min(sums.width, left + x * stepX);
      const i = Math.min(sums.width - 1, Math.floor(u));
      const t = u - i;
      const k = i * 3;
      const nr = band[k] + (band[k + 3] - band[k]) * t;
      const ng = band[k + 1] + (band[k + 4] - band[k + 1]) * t;
      const nl = band[k + 2] + (band[k + 5] - band[k + 2]) * t;
      if (x > 0) {
        const p = (y * width + x - 1) * 3;
        const dr = small[p] - (nr - r) / area;
        const dg = small[p + 1] - (ng - g) / area;
        const dl = small[p + 2] - (nl - l) / area;
        sum += dr * dr + dg * dg + dl * dl;
      }
      r = nr;
      g = ng;
      l = nl;
    }
    if (sum > stop) return limit;
  }
  return Math.sqrt(sum / (width * height * 3));
}

/** A picture at a smaller size, by means. */
function shrink(from: ArrayLike<number>, width: number, height: number, toWidth: number, toHeight: number): Float32Array {
  const out = new Float32Array(toWidth * toHeight * 3);
  const count = new Float32Array(toWidth * toHeight);
  for (let p = 0; p < width * height; p++) {
    const q = Math.floor((Math.floor(p / width) * toHeight) / height) * toWidth + Math.floor(((p % width) * toWidth) / width);
    count[q]++;
    for (let c = 0; c < 3; c++) out[q * 3 + c] += from[p * 3 + c];
  }
  return out.map((value, i) => value / count[Math.floor(i / 3)]);
}

const inside = (value: number, share: number) => Math.max(0, Math.min(1 - share, value));

/** Crops of the picture's shape, and the whole artwork if its shape is another: somebody may have squeezed it. */
function* crops(ratio: number, coarseWidth: number, coarseHeight: number): Generator<Crop> {
  if (Math.abs(ratio - 1) > 0.02) yield { x: 0, y: 0, w: 1, h: 1 };
  for (const zoom of ZOOMS) {
    const w = Math.min(1, ratio) / zoom;
    const h = Math.min(1, 1 / ratio) / zoom;
    const across = Math.ceil((1 - w) / ((w * STEP) / coarseWidth));
    const down = Math.ceil((1 - h) / ((h * STEP) / coarseHeight));
    for (let j = 0; j <= down; j++) for (let i = 0; i <= across; i++) yield { x: across === 0 ? (1 - w) / 2 : ((1 - w) * i) / across, y: down === 0 ? (1 - h) / 2 : ((1 - h) * j) / down, w, h };
  }
}

/** Moves and resizes a crop as long as that brings it nearer, in ever smaller steps. */
function closeIn(small: ArrayLike<number>, width: number, height: number, sums: Sums, from: Crop, nearest: number): number {
  let crop = from;
  let distance = cropDistance(small, width, height, sums, crop, Number.POSITIVE_INFINITY);
  for (let step = 0.05; step > 0.0015; step /= 2) {
    for (let turn = 0; turn < 4; turn++) {
      let better: Crop | undefined;
      for (const [dx, dy, grow] of [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]] as const) {
        const scale = Math.min(1 + grow * step, 1 / crop.w, 1 / crop.h);
        const w = crop.w * scale;
        const h = crop.h * scale;
        const tried = { x: inside(crop.x + dx * step * w + (crop.w - w) / 2, w), y: inside(crop.y + dy * step * h + (crop.h - h) / 2, h), w, h };
        const found = cropDistance(small, width, height, sums, tried, distance);
        if (found < distance) {
          distance = found;
          better = tried;
        }
      }
      if (better === undefined) break;
      crop = better;
    }
    if (distance > HOPELESS * nearest) break;
  }
  return distance;
}

/**
 * The artwork a small picture (short side 32) is most like, over mirror images, zooms and crops anywhere: a coarse search over all of them, then the
 * likeliest closely.
 */
export function nearestArtwork(small: ArrayLike<number>, width: number, height: number, level: Level): Nearest {
  const scale = COARSE / Math.min(width, height);
  const coarseWidth = Math.round(width * scale);
  const coarseHeight = Math.round(height * scale);
  const coarse = shrink(small, width, height, coarseWidth, coarseHeight);
  const sums = level.images.flatMap((_, k) => [sumsOf(level, 2 * k), sumsOf(level, 2 * k + 1)]);
  const candidates: Candidate[] = [];
  sums.forEach((own, exemplar) => {
    const best: Candidate[] = [];
    for (const crop of crops(width / height / (own.width / own.height), coarseWidth, coarseHeight)) {
      const limit = best.length < CLOSER_PER_EXEMPLAR ? Number.POSITIVE_INFINITY : best[best.length - 1].distance;
      const distance = cropDistance(coarse, coarseWidth, coarseHeight, own, crop, limit);
      if (distance >= limit) continue;
      best.push({ image: level.images[exemplar >> 1], exemplar, crop, distance });
      best.sort((a, b) => a.distance - b.distance);
      best.length = Math.min(best.length, CLOSER_PER_EXEMPLAR);
    }
    candidates.push(...best);
  });
  candidates.sort((a, b) => a.distance - b.distance || a.exemplar - b.exemplar);
  let nearest: Nearest = { image: level.images[0] ?? 0, distance: Number.POSITIVE_INFINITY };
  for (const { image, exemplar, crop } of candidates.slice(0, CLOSER)) {
    const distance = closeIn(small, width, height, sums[exemplar], crop, nearest.distance);
    if (distance < nearest.distance) nearest = { image, distance };
  }
  return nearest;
}

/**
 * Makes something until it is at least `enough` away from every artwork, at most `tries` times; of what stayed too close, the farthest. `make`
 * hears which try it is, or says that it can make no more.
 */
export async function farthestOf<T extends { distance: number }>(tries: number, enough: number, make: (index: number) => Promise<T | undefined>): Promise<T> {
  let farthest: T | undefined;
  for (let index = 0; index < tries && (farthest === undefined || farthest.distance < enough); index++) {
    const made = await make(index);
    if (made === undefined) break;
    if (farthest === undefined || made.distance > farthest.distance) farthest = made;
  }
  if (farthest === undefined) throw new Error('nothing was made');
  return farthest;
}
