import { addMoments, addMomentsOfFour, BLOCK, BLOCK_DIMS, MOMENTS, projector, readBlock, type Basis } from './klt.ts';
import { fillPadding, halfBlur, type Raster } from './raster.ts';
import { PAD } from './patchmatch.ts';

/** First and second moments of every `every`-th block; task t of `groups` takes a contiguous share, so sums add up the same way always. */
export interface MomentsArgs {
  pictures: Raster[];
  every: number;
  sampled: number;
  groups: number;
  /** groups × MOMENTS. */
  sums: Float64Array;
}
export function moments(args: MomentsArgs, group: number): void {
  const { pictures, every, sampled, groups, sums } = args;
  const from = Math.floor((sampled * group) / groups);
  const to = Math.floor((sampled * (group + 1)) / groups);
  const four = new Float64Array(4 * BLOCK_DIMS);
  let filled = 0;
  const own = sums.subarray(group * MOMENTS, (group + 1) * MOMENTS);
  let picture = 0;
  let first = 0;
  for (let i = from; i < to; i++) {
    const index = i * every;
    for (;;) {
      const blocks = (pictures[picture].width / BLOCK) * (pictures[picture].height / BLOCK);
      if (index < first + blocks) break;
      first += blocks;
      picture++;
    }
    const { rgb, width } = pictures[picture];
    const across = width / BLOCK;
    const local = index - first;
    readBlock(rgb, width, local % across, Math.floor(local / across), four, filled * BLOCK_DIMS);
    if (++filled === 4) {
      addMomentsOfFour(four, own);
      filled = 0;
    }
  }
  for (let k = 0; k < filled; k++) addMoments(four.subarray(k * BLOCK_DIMS, (k + 1) * BLOCK_DIMS), own);
}

/** Coefficients of one picture as 16-bit integers (step 1/8), and the largest magnitude per direction. */
export interface ProjectArgs {
  pictures: Raster[];
  firstBlock: number[];
  basis: Basis;
  out: Int16Array;
  /** pictures × rank. */
  largest: Float32Array;
}
/** 1/8 is far under a quantisation step, and ±4096 holds any projection of a byte block (255·√192 = 3533). */
export const FINE_STEP = 1 / 8;
export function projectPicture(args: ProjectArgs, index: number): void {
  const { rgb, width, height } = args.pictures[index];
  const { rank } = args.basis;
  const block = new Float64Array(BLOCK_DIMS);
  const values = new Float32Array(rank);
  const project = projector(args.basis);
  let at = args.firstBlock[index] * rank;
  for (let by = 0; by < height / BLOCK; by++) {
    for (let bx = 0; bx < width / BLOCK; bx++) {
      readBlock(rgb, width, bx, by, block);
      project(block, values);
      for (let a = 0; a < rank; a++) {
        const magnitude = Math.abs(values[a]);
        if (magnitude > args.largest[index * rank + a]) args.largest[index * rank + a] = magnitude;
        args.out[at++] = Math.round(values[a] / FINE_STEP);
      }
    }
  }
}

/** Rebuilds exemplars of a level, plain and mirrored, from their coefficients. */
export interface DecodeArgs {
  coefficients: Int8Array;
  scale: Float32Array;
  rank: number;
  /** Pixels a block becomes each way: 1, 2, 4 or 8. */
  side: number;
  mean: Float32Array;
  vectors: Float32Array;
  /** One entry per exemplar. */
  firstBlock: number[];
  across: number[];
  down: number[];
  /** Strips of block rows per exemplar. */
  strips: number;
  pixels: Uint8Array;
  /** Where exemplar k begins, plain (2k) and mirrored (2k+1). */
  base: Int32Array;
}
export function decodeStrip(args: DecodeArgs, task: number): void {
  const { coefficients, scale, rank, side, mean, vectors, pixels, base } = args;
  const k = Math.floor(task / args.strips);
  const strip = task % args.strips;
  const across = args.across[k];
  const down = args.down[k];
  const dims = side * side * 3;
  const width = across * side;
  const stride = (width + 2 * PAD) * 3;
  const values = new Float64Array(dims);
  const rows = new Float64Array(vectors);
  const present = new Int32Array(rank);
  const from = Math.floor((down * strip) / args.strips);
  const to = Math.floor((down * (strip + 1)) / args.strips);
  for (let by = from; by < to; by++) {
    for (let bx = 0; bx < across; bx++) {
      const at = (args.firstBlock[k] + by * across + bx) * rank;
      values.set(mean);
      let n = 0;
      for (let a = 0; a < rank; a++) if (coefficients[at + a] !== 0) present[n++] = a;
      let m = 0;
      // Four directions at a time: the values are read and written once for four.
      for (; m + 4 <= n; m += 4) {
        const c0 = coefficients[at + present[m]] * scale[present[m]];
        const c1 = coefficients[at + present[m + 1]] * scale[present[m + 1]];
        const c2 = coefficients[at + present[m + 2]] * scale[present[m + 2]];
        const c3 = coefficients[at + present[m + 3]] * scale[present[m + 3]];
        const r0 = present[m] * dims;
        const r1 = present[m + 1] * dims;
        const r2 = present[m + 2] * dims;
        const r3 = present[m + 3] * dims;
        for (let i = 0; i < dims; i++) values[i] = values[i] + c0 * rows[r0 + i] + c1 * rows[r1 + i] + c2 * rows[r2 + i] + c3 * rows[r3 + i];
      }
      for (; m < n; m++) {
        const c = coefficients[at + present[m]] * scale[present[m]];
        const r = present[m] * dims;
        for (let i = 0; i < dims; i++) values[i] = values[i] + c * rows[r + i];
      }
      let i = 0;
      for (let y = 0; y < side; y++) {
        const row = (by * side + y + PAD) * stride + PAD * 3;
        for (let x = 0; x < side; x++) {
          const plain = base[2 * k] + row + (bx * side + x) * 3;
          const mirrored = base[2 * k + 1] + row + (width - 1 - bx * side - x) * 3;
          for (let c = 0; c < 3; c++) {
            const sum = values[i++] + 0.5;
            const value = sum <= 0 ? 0 : sum >= 255 ? 255 : sum | 0;
            pixels[plain + c] = value;
            pixels[mirrored + c] = value;
          }
        }
      }
    }
  }
}

/** Padding and, where `keys` has room, half-size blur of decoded exemplars; one task an exemplar (mirrored ones count). */
export interface FinishArgs {
  pixels: Uint8Array;
  keys: Uint8Array;
  base: Int32Array;
  width: Int32Array;
  height: Int32Array;
}
export function finishExemplar(args: FinishArgs, e: number): void {
  const { pixels, keys, base, width, height } = args;
  fillPadding(pixels, base[e], width[e], height[e], PAD);
  if (keys.length === 0) return;
  halfBlur(pixels, keys, base[e], width[e], height[e], PAD);
  fillPadding(keys, base[e], width[e], height[e], PAD);
}
