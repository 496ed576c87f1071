import { hash4 } from './rng.ts';

/** Patches are 7×7; pictures carry this much padding so that a patch fits around every pixel. */
export const PAD = 3;

/** Where a pixel comes from, in one integer: exemplar (11 bits), row and column (10 bits each). */
export function packPosition(exemplar: number, u: number, v: number): number {
  return (exemplar << 20) | (v << 10) | u;
}
export const exemplarOf = (position: number): number => position >>> 20;
export const rowOf = (position: number): number => (position >>> 10) & 1023;
export const columnOf = (position: number): number => position & 1023;

/** All exemplars of a level in one array, each padded; `base` is where each begins. */
export interface Exemplars {
  pixels: Uint8Array;
  base: Int32Array;
  width: Int32Array;
  height: Int32Array;
  /** Added to the cost of a match in this exemplar: how badly its picture answers the prompt. */
  penalty: Int32Array;
  /** 1 where the position penalty counts (the picture has the output's shape). */
  placed: Uint8Array;
}

export interface MatchArgs {
  /** Padded picture to explain. */
  target: Uint8Array;
  width: number;
  height: number;
  exemplars: Exemplars;
  fieldIn: Int32Array;
  fieldOut: Int32Array;
  /** What each pixel's match costs; read where `measured`, then written. */
  cost: Int32Array;
  /** The picture has not changed since `cost` was written. */
  measured: boolean;
  /** Pixels that keep their match. */
  held: Uint8Array;
  jump: number;
  tries: number;
  radius: number;
  globalTries: number;
  /** Cost of being elsewhere in the picture than in the artwork, per squared share of the side. */
  placeWeight: number;
  /** What a random find must save over the incumbent: keeps neighbours together where it hardly matters. */
  margin: number;
  /** 16 of the 49 pixels only, for large pictures. */
  sparse: boolean;
  seed: number;
  stage: number;
  rows: number;
}

/** Squared difference of two 7×7 patches given their top-left bytes; stops once over `limit`. */
export function patchDistance(a: Uint8Array, ai: number, aStride: number, b: Uint8Array, bi: number, bStride: number, limit: number): number {
  let sum = 0;
  for (let y = 0; y < 7; y++) {
    for (let k = 0; k < 21; k += 3) {
      const r = a[ai + k] - b[bi + k];
      const g = a[ai + k + 1] - b[bi + k + 1];
      const l = a[ai + k + 2] - b[bi + k + 2];
      sum += r * r + g * g + l * l;
    }
    if (sum >= limit) return sum;
    ai += aStride;
    bi += bStride;
  }
  return sum;
}

/** The same over every other pixel (offsets −3, −1, 1, 3), scaled to a full patch. */
export function sparsePatchDistance(a: Uint8Array, ai: number, aStride: number, b: Uint8Array, bi: number, bStride: number, limit: number): number {
  let sum = 0;
  for (let y = 0; y < 4; y++) {
    for (let k = 0; k < 24; k += 6) {
      const r = a[ai + k] - b[bi + k];
      const g = a[ai + k + 1] - b[bi + k + 1];
      const l = a[ai + k + 2] - b[bi + k + 2];
      sum += r * r + g * g + l * l;
    }
    if (sum * 3 >= limit) return sum * 3;
    ai += 2 * aStride;
    bi += 2 * bStride;
  }
  return sum * 3;
}

/**
 * One PatchMatch iteration over a strip of rows. It reads the old field and writes a new one (Jacobi), so strips may run in any order on any
 * number of threads with the same result.
 */
export function matchStrip(args: MatchArgs, strip: number): void {
  const { target, width, height, exemplars, fieldIn, fieldOut, held, jump, tries, globalTries, placeWeight, margin, sparse, seed, stage } = args;
  const { pixels, base, penalty, placed } = exemplars;
  const exWidth = exemplars.width;
  const exHeight = exemplars.height;
  const count = base.length;
  const costs = args.cost;
  const targetStride = (width + 2 * PAD) * 3;
  const y0 = strip * args.rows;
  const y1 = Math.min(height, y0 + args.rows);

  const costAt = (x: number, y: number, e: number, u: number, v: number, limit: number): number => {
    let extra = penalty[e];
    if (placeWeight > 0 && placed[e] === 1) {
      const du = (x + 0.5) / width - (u + 0.5) / exWidth[e];
      const dv = (y + 0.5) / height - (v + 0.5) / exHeight[e];
      extra += Math.round(placeWeight * (du * du + dv * dv));
    }
    if (extra >= limit) return extra;
    const exStride = (exWidth[e] + 2 * PAD) * 3;
    const ti = y * targetStride + x * 3;
    const ei = base[e] + v * exStride + u * 3;
    return sparse
      ? extra + sparsePatchDistance(target, ti, targetStride, pixels, ei, exStride, limit - extra)
      : extra + patchDistance(target, ti, targetStride, pixels, ei, exStride, limit - extra);
  };

  for (let y = y0; y < y1; y++) {
    for (let x = 0; x < width; x++) {
      const p = y * width + x;
      let best = fieldIn[p];
      let cost = args.measured ? costs[p] : costAt(x, y, exemplarOf(best), columnOf(best), rowOf(best), 0x7fffffff);
      if (cost === 0 || held[p] === 1) {
        fieldOut[p] = best;
        costs[p] = cost;
        continue;
      }
      // Neighbours: what would continue their match here.
      for (let n = 0; n < 4; n++) {
        const dx = n === 0 ? -jump : n === 1 ? jump : 0;
        const dy = n === 2 ? -jump : n === 3 ? jump : 0;
        const nx = x + dx;
        const ny = y + dy;
        if (nx < 0 || ny < 0 || nx >= width || ny >= height) continue;
        const f = fieldIn[ny * width + nx];
        const e = exemplarOf(f);
        const u = columnOf(f) - dx;
        const v = rowOf(f) - dy;
        if (u < 0 || v < 0 || u >= exWidth[e] || v >= exHeight[e]) continue;
        const candidate = packPosition(e, u, v);
        if (candidate === best) continue;
        const c = costAt(x, y, e, u, v, cost);
        if (c < cost) {
          cost = c;
          best = candidate;
        }
      }
      // Nothing can save more than there is to save.
      if (cost <= margin) {
        fieldOut[p] = best;
        costs[p] = cost;
        continue;
      }
      // Random finds around the best, in shrinking circles.
      let reach = args.radius;
      for (let t = 0; t < tries && reach >= 1; t++) {
        const h = hash4(seed, stage, p, t);
        const e = exemplarOf(best);
        const side = 2 * Math.floor(reach) + 1;
        const u = columnOf(best) + ((h & 0xffff) % side) - Math.floor(reach);
        const v = rowOf(best) + ((h >>> 16) % side) - Math.floor(reach);
        reach /= 3;
        if (u < 0 || v < 0 || u >= exWidth[e] || v >= exHeight[e]) continue;
        const c = costAt(x, y, e, u, v, cost - margin);
        if (c < cost - margin) {
          cost = c;
          best = packPosition(e, u, v);
        }
      }
      for (let t = 0; t < globalTries; t++) {
        const h = hash4(seed, stage, p, 1000 + t);
        const h2 = hash4(seed, stage, p, 2000 + t);
        const e = h % count;
        const u = (h2 & 0xffff) % exWidth[e];
        const v = (h2 >>> 16) % exHeight[e];
        const c = costAt(x, y, e, u, v, cost - margin);
        if (c < cost - margin) {
          cost = c;
          best = packPosition(e, u, v);
        }
      }
      fieldOut[p] = best;
      costs[p] = cost;
    }
  }
}
