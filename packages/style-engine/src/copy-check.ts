import type { Level } from './exemplars.ts';
import type { Memory } from './memory.ts';
import { PAD, type Exemplars } from './patchmatch.ts';
import type { Pool } from './pool.ts';

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
/** Short side of the first, coarse search. */
const COARSE = 8;
/** Crops are tried down to this share of what fits. */
const ZOOMS = [1, 1.09, 1.19, 1.3, 1.42, 1.55, 1.7];
/** Steps of the coarse search, in pixels of the coarse picture. */
const STEP = 0.75;
/** Coarse finds that are looked at closely, at most so many of one artwork. */
const CLOSER = 24;
const CLOSER_PER_EXEMPLAR = 6;
/** More than sums of numbers up to 255 lose. */
const ROUNDING = 1e-3;
/** A find this much farther than the nearest was after the first step is let go. */
const HOPELESS = 1.8;
/** Steps of closing in, shares of the crop's side: the first, and below which there is none. */
const FIRST_STEP = 0.05;
const LEAST_STEP = 0.0015;
const DIRECTIONS = [{ dx: 1, dy: 0, grow: 0 }, { dx: -1, dy: 0, grow: 0 }, { dx: 0, dy: 1, grow: 0 }, { dx: 0, dy: -1, grow: 0 }, { dx: 0, dy: 0, grow: 1 }, { dx: 0, dy: 0, grow: -1 }] as const;

/** A small picture with sums over its area, so that the mean of any part of it is four look-ups. */
interface Sums {
  width: number;
  height: number;
  table: Int32Array;
}

function sumsOf(exemplars: Exemplars, e: number): Sums {
  const { pixels, base } = exemplars;
  const width = exemplars.width[e];
  const height = exemplars.height[e];
  const stride = (width + 2 * PAD) * 3;
  const row = (width + 1) * 3;
  const table = new Int32Array((height + 1) * row);
  for (let y = 0; y < height; y++) {
    const at = base[e] + (y + PAD) * stride + PAD * 3;
    for (let c = 0; c < 3; c++) {
      let sum = 0;
      for (let i = c; i < width * 3; i += 3) {
        sum += pixels[at + i];
        table[(y + 1) * row + 3 + i] = table[y * row + 3 + i] + sum;
      }
    }
  }
  return { width, height, table };
}

/** Room for one row of sums and what is wanted of it; an exemplar at 64 pixels is at most 128 wide, a small picture 64. */
const BAND = new Float64Array(1025 * 3);
const COLUMN = new Int32Array(1025);
const BEYOND = new Float64Array(1025);
const WANTED = new Int32Array(1025);

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
  // Where the borders of the small picture's pixels fall: each in a column of the artwork, somewhere between its sums and those of the next.
  let wanted = 0;
  for (let x = 0; x <= width; x++) {
    const u = Math.min(sums.width, left + x * stepX);
    const column = Math.min(sums.width - 1, Math.floor(u));
    COLUMN[x] = column * 3;
    BEYOND[x] = u - column;
    if (wanted === 0 || WANTED[wanted - 1] < column) WANTED[wanted++] = column;
    if (WANTED[wanted - 1] <= column) WANTED[wanted++] = column + 1;
  }
  for (let y = 0; y < height; y++) {
    // Sums of this row's band of the artwork, up to each of those columns.
    const y0 = top + y * stepY;
    const y1 = Math.min(sums.height, y0 + stepY);
    const a = Math.min(sums.height - 1, Math.floor(y0));
    const b = Math.min(sums.height - 1, Math.floor(y1));
    const ta = y0 - a;
    const tb = y1 - b;
    for (let k = 0; k < wanted; k++) {
      const i = WANTED[k] * 3;
      for (let at = i; at < i + 3; at++) {
        const upper = table[a * row + at];
        const lower = table[b * row + at];
        BAND[at] = lower + (table[(b + 1) * row + at] - lower) * tb - upper - (table[(a + 1) * row + at] - upper) * ta;
      }
    }
    let r = 0;
    let g = 0;
    let l = 0;
    for (let x = 0; x <= width; x++) {
      const k = COLUMN[x];
      const t = BEYOND[x];
      const nr = BAND[k] + (BAND[k + 3] - BAND[k]) * t;
      const ng = BAND[k + 1] + (BAND[k + 4] - BAND[k + 1]) * t;
      const nl = BAND[k + 2] + (BAND[k + 5] - BAND[k + 2]) * t;
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

/** What is found: distance and crop, one after another. */
const FIND = 5;

/** The coarse search: one task an exemplar. */
export interface SearchArgs {
  small: Float32Array;
  width: number;
  height: number;
  exemplars: Exemplars;
  /** The likeliest finds of each exemplar, nearest first; infinitely far where there is none. */
  finds: Float64Array;
}
export function searchExemplar({ small, width, height, exemplars, finds }: SearchArgs, e: number): void {
  const sums = sumsOf(exemplars, e);
  const best: { distance: number; crop: Crop }[] = [];
  // Means over equal blocks of pixels are never farther apart than the pixels: most crops are out of the question by them already.
  const roughWidth = width % 4 === 0 ? width / 4 : 1;
  const roughHeight = height % 4 === 0 ? height / 4 : 1;
  const rough = shrink(small, width, height, roughWidth, roughHeight);
  for (const crop of crops(width / height / (sums.width / sums.height), width, height)) {
    const limit = best.length < CLOSER_PER_EXEMPLAR ? Number.POSITIVE_INFINITY : best[best.length - 1].distance;
    if (cropDistance(rough, roughWidth, roughHeight, sums, crop, limit + ROUNDING) >= limit + ROUNDING) continue;
    const distance = cropDistance(small, width, height, sums, crop, limit);
    if (distance >= limit) continue;
    best.push({ distance, crop });
    best.sort((a, b) => a.distance - b.distance);
    best.length = Math.min(best.length, CLOSER_PER_EXEMPLAR);
  }
  const own = finds.subarray(e * CLOSER_PER_EXEMPLAR * FIND, (e + 1) * CLOSER_PER_EXEMPLAR * FIND);
  own.fill(Number.POSITIVE_INFINITY);
  best.forEach(({ distance, crop: { x, y, w, h } }, k) => own.set([distance, x, y, w, h], k * FIND));
}

/** Closing in on finds: one task a find. */
export interface CloseInArgs {
  small: Float32Array;
  width: number;
  height: number;
  exemplars: Exemplars;
  /** Replaced by nearer ones. */
  finds: Float64Array;
  /** Which of them. */
  chosen: readonly number[];
  /** Steps, from the largest down to the least; a find that stays farther than `hopeless` after one takes no other. */
  from: number;
  to: number;
  hopeless: number;
}
/** Moves and resizes a crop as long as that brings it nearer, in ever smaller steps. */
export function closeIn(args: CloseInArgs, task: number): void {
  const { small, width, height, finds, chosen } = args;
  const sums = sumsOf(args.exemplars, Math.floor(chosen[task] / CLOSER_PER_EXEMPLAR));
  const find = finds.subarray(chosen[task] * FIND, (chosen[task] + 1) * FIND);
  const [, x, y, w, h] = find;
  let crop: Crop = { x, y, w, h };
  let distance = cropDistance(small, width, height, sums, crop, Number.POSITIVE_INFINITY);
  for (let step = args.from; step > args.to && distance <= args.hopeless; step /= 2) {
    for (let turn = 0; turn < 4; turn++) {
      let better: Crop | undefined;
      for (const { dx, dy, grow } of DIRECTIONS) {
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
  }
  find.set([distance, crop.x, crop.y, crop.w, crop.h]);
}

/**
 * The artwork a small picture (short side 32) is most like, over mirror images, zooms and crops anywhere: a coarse search over all of them, then the
 * likeliest closely. What is let go depends on all that was found and not on which was looked at first.
 */
export async function nearestArtwork(picture: ArrayLike<number>, width: number, height: number, { exemplars, images }: Level, memory: Memory, pool: Pick<Pool, 'run'>): Promise<Nearest> {
  const scale = COARSE / Math.min(width, height);
  const coarseWidth = Math.round(width * scale);
  const coarseHeight = Math.round(height * scale);
  const finds = memory.f64(images.length * 2 * CLOSER_PER_EXEMPLAR * FIND);
  await pool.run('search', { small: shrink(picture, width, height, coarseWidth, coarseHeight), width: coarseWidth, height: coarseHeight, exemplars, finds }, images.length * 2);
  const all = Array.from({ length: finds.length / FIND }, (_, k) => k).filter((k) => finds[k * FIND] < Number.POSITIVE_INFINITY);
  const chosen = all.sort((a, b) => finds[a * FIND] - finds[b * FIND] || a - b).slice(0, CLOSER);
  const small = Float32Array.from(picture);
  const nearest = () => chosen.reduce((least, k) => (finds[k * FIND] < finds[least * FIND] ? k : least));
  await pool.run('closeIn', { small, width, height, exemplars, finds, chosen, from: FIRST_STEP, to: FIRST_STEP / 2, hopeless: Number.POSITIVE_INFINITY }, chosen.length);
  const hopeless = HOPELESS * finds[nearest() * FIND];
  const left = chosen.filter((k) => finds[k * FIND] <= hopeless);
  await pool.run('closeIn', { small, width, height, exemplars, finds, chosen: left, from: FIRST_STEP / 2, to: LEAST_STEP, hopeless }, left.length);
  const found = nearest();
  return { image: images[Math.floor(found / (2 * CLOSER_PER_EXEMPLAR))], distance: finds[found * FIND] };
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
