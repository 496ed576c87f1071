import { mulberry32 } from './rng.ts';

/** Side of a block in pixels and its number of values: 8×8 RGB. */
export const BLOCK = 8;
export const BLOCK_DIMS = BLOCK * BLOCK * 3;

/** Basis of the artist's patches (Karhunen–Loève): the mean block and the `rank` directions that hold most of the variance, row by row. */
export interface Basis {
  rank: number;
  mean: Float32Array;
  /** rank × 192, orthonormal rows, most important first. */
  vectors: Float32Array;
}

/** Reads the block at (bx, by) of an interleaved RGB picture into `into`. */
export function readBlock(rgb: Uint8Array, width: number, bx: number, by: number, into: Float32Array | Float64Array, at = 0): void {
  let k = at;
  for (let y = 0; y < BLOCK; y++) {
    let p = ((by * BLOCK + y) * width + bx * BLOCK) * 3;
    for (let i = 0; i < BLOCK * 3; i++) into[k++] = rgb[p++];
  }
}

/** Adds a block's first and second moments: `sums` holds 192 sums, then the upper triangle of the products row by row. */
export function addMoments(block: Float32Array | Float64Array, sums: Float64Array): void {
  let k = BLOCK_DIMS;
  for (let i = 0; i < BLOCK_DIMS; i++) {
    const a = block[i];
    sums[i] = sums[i] + a;
    for (let j = i; j < BLOCK_DIMS; j++) {
      sums[k] = sums[k] + a * block[j];
      k++;
    }
  }
}
/** The same for four blocks at once: the sums, which are long, are read and written once. */
export function addMomentsOfFour(four: Float64Array, sums: Float64Array): void {
  const second = BLOCK_DIMS;
  const third = 2 * BLOCK_DIMS;
  const fourth = 3 * BLOCK_DIMS;
  let k = BLOCK_DIMS;
  for (let i = 0; i < BLOCK_DIMS; i++) {
    const a = four[i];
    const b = four[second + i];
    const c = four[third + i];
    const d = four[fourth + i];
    sums[i] = sums[i] + a + b + c + d;
    for (let j = i; j < BLOCK_DIMS; j++, k++) sums[k] = sums[k] + a * four[j] + b * four[second + j] + c * four[third + j] + d * four[fourth + j];
  }
}
/** Length of the array `addMoments` fills. */
export const MOMENTS = BLOCK_DIMS + (BLOCK_DIMS * (BLOCK_DIMS + 1)) / 2;

/** Mean and full covariance matrix from moments over `count` blocks. */
export function covariance(sums: Float64Array, count: number): { mean: Float64Array; matrix: Float64Array; trace: number } {
  const mean = new Float64Array(BLOCK_DIMS);
  for (let i = 0; i < BLOCK_DIMS; i++) mean[i] = sums[i] / count;
  const matrix = new Float64Array(BLOCK_DIMS * BLOCK_DIMS);
  let k = BLOCK_DIMS;
  let trace = 0;
  for (let i = 0; i < BLOCK_DIMS; i++) {
    for (let j = i; j < BLOCK_DIMS; j++) {
      const c = sums[k++] / count - mean[i] * mean[j];
      matrix[i * BLOCK_DIMS + j] = c;
      matrix[j * BLOCK_DIMS + i] = c;
      if (i === j) trace += c;
    }
  }
  return { mean, matrix, trace };
}

/** Orthonormalises rows in place (modified Gram–Schmidt); a row that vanishes becomes a unit vector outside the others' span. */
export function orthonormalise(rows: Float64Array, count: number, dims: number): void {
  for (let a = 0; a < count; a++) {
    for (let attempt = 0; ; attempt++) {
      for (let b = 0; b < a; b++) {
        let dot = 0;
        for (let i = 0; i < dims; i++) dot += rows[a * dims + i] * rows[b * dims + i];
        for (let i = 0; i < dims; i++) rows[a * dims + i] = rows[a * dims + i] - dot * rows[b * dims + i];
      }
      let norm = 0;
      for (let i = 0; i < dims; i++) norm += rows[a * dims + i] ** 2;
      norm = Math.sqrt(norm);
      if (norm > 1e-9) {
        for (let i = 0; i < dims; i++) rows[a * dims + i] = rows[a * dims + i] / norm;
        break;
      }
      const axis = (a + attempt * 7) % dims;
      for (let i = 0; i < dims; i++) rows[a * dims + i] = i === axis ? 1 : 0;
    }
  }
}

/** Random orthonormal rows to start the iteration from, the same on every run. */
export function startRows(rank: number): Float64Array {
  const random = mulberry32(20240611);
  const rows = new Float64Array(rank * BLOCK_DIMS);
  for (let i = 0; i < rows.length; i++) rows[i] = random() - 0.5;
  orthonormalise(rows, rank, BLOCK_DIMS);
  return rows;
}

/** One step of orthogonal iteration: rows ← orthonormalise(rows · matrix). Returns the variance the rows hold. */
export function iterate(rows: Float64Array, rank: number, matrix: Float64Array): number {
  const next = new Float64Array(rows.length);
  let held = 0;
  for (let a = 0; a < rank; a++) {
    const base = a * BLOCK_DIMS;
    for (let i = 0; i < BLOCK_DIMS; i += 4) {
      const v0 = rows[base + i];
      const v1 = rows[base + i + 1];
      const v2 = rows[base + i + 2];
      const v3 = rows[base + i + 3];
      let row = i * BLOCK_DIMS;
      for (let j = base; j < base + BLOCK_DIMS; j++, row++) {
        next[j] = next[j] + v0 * matrix[row] + v1 * matrix[row + BLOCK_DIMS] + v2 * matrix[row + 2 * BLOCK_DIMS] + v3 * matrix[row + 3 * BLOCK_DIMS];
      }
    }
    for (let j = 0; j < BLOCK_DIMS; j++) held += next[base + j] * rows[base + j];
  }
  rows.set(next);
  orthonormalise(rows, rank, BLOCK_DIMS);
  return held;
}

/** Makes the function that gives a block's coefficients; the basis is laid out once for the many blocks to come. */
export function projector({ rank, mean, vectors }: Basis): (block: ArrayLike<number>, into: Float32Array) => void {
  const wide = Float64Array.from(vectors);
  const centred = new Float64Array(BLOCK_DIMS);
  return (block, into) => {
    for (let i = 0; i < BLOCK_DIMS; i++) centred[i] = block[i] - mean[i];
    let a = 0;
    // Four directions at a time: four sums that do not wait for each other.
    for (; a + 4 <= rank; a += 4) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let k = a * BLOCK_DIMS;
      for (let i = 0; i < BLOCK_DIMS; i++, k++) {
        const value = centred[i];
        s0 += value * wide[k];
        s1 += value * wide[k + BLOCK_DIMS];
        s2 += value * wide[k + 2 * BLOCK_DIMS];
        s3 += value * wide[k + 3 * BLOCK_DIMS];
      }
      into[a] = s0;
      into[a + 1] = s1;
      into[a + 2] = s2;
      into[a + 3] = s3;
    }
    for (; a < rank; a++) {
      let sum = 0;
      for (let i = 0; i < BLOCK_DIMS; i++) sum += centred[i] * wide[a * BLOCK_DIMS + i];
      into[a] = sum;
    }
  };
}

/**
 * Mean and vectors averaged over cells, for decoding a block straight to `side`×`side` pixels (1, 2, 4 or 8):
 * the average of a decoded block is the decoded average, so small sizes cost little and are exact.
 */
export function reduceBasis(basis: Basis, side: number): { mean: Float32Array; vectors: Float32Array; dims: number } {
  const cell = BLOCK / side;
  const dims = side * side * 3;
  const reduce = (from: Float32Array, at: number, into: Float32Array, to: number) => {
    for (let y = 0; y < BLOCK; y++) {
      for (let x = 0; x < BLOCK; x++) {
        const target = to + (Math.floor(y / cell) * side + Math.floor(x / cell)) * 3;
        for (let c = 0; c < 3; c++) into[target + c] = into[target + c] + from[at + (y * BLOCK + x) * 3 + c] / (cell * cell);
      }
    }
  };
  const mean = new Float32Array(dims);
  reduce(basis.mean, 0, mean, 0);
  const vectors = new Float32Array(basis.rank * dims);
  for (let a = 0; a < basis.rank; a++) reduce(basis.vectors, a * BLOCK_DIMS, vectors, a * dims);
  return { mean, vectors, dims };
}
