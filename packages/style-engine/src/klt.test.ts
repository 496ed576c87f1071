import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addMoments, BLOCK_DIMS, covariance, iterate, MOMENTS, orthonormalise, projector, readBlock, reduceBasis, startRows, type Basis } from './klt.ts';
import { mulberry32 } from './rng.ts';

/** Blocks that live in a space of `dims` directions. */
function blocksOf(dims: number, count: number): Float32Array[] {
  const random = mulberry32(3);
  const axes = Array.from({ length: dims }, () => Float32Array.from({ length: BLOCK_DIMS }, () => random() - 0.5));
  return Array.from({ length: count }, () => {
    const block = new Float32Array(BLOCK_DIMS).fill(120);
    axes.forEach((axis, a) => {
      const c = (random() - 0.5) * (80 / (a + 1));
      for (let i = 0; i < BLOCK_DIMS; i++) block[i] += c * axis[i];
    });
    return block;
  });
}

function fit(blocks: Float32Array[], rank: number): { basis: Basis; held: number; trace: number } {
  const sums = new Float64Array(MOMENTS);
  for (const block of blocks) addMoments(block, sums);
  const { mean, matrix, trace } = covariance(sums, blocks.length);
  const rows = startRows(rank);
  let held = 0;
  for (let i = 0; i < 40; i++) held = iterate(rows, rank, matrix);
  return { basis: { rank, mean: Float32Array.from(mean), vectors: Float32Array.from(rows) }, held, trace };
}

describe('the patch basis', () => {
  test('covariance from moments is the covariance by definition', () => {
    const blocks = blocksOf(4, 30);
    const sums = new Float64Array(MOMENTS);
    for (const block of blocks) addMoments(block, sums);
    const { mean, matrix } = covariance(sums, blocks.length);
    for (const [i, j] of [[0, 0], [3, 77], [190, 12]] as const) {
      const mi = blocks.reduce((s, b) => s + b[i], 0) / 30;
      const mj = blocks.reduce((s, b) => s + b[j], 0) / 30;
      expect(mean[i]).toBeCloseTo(mi, 6);
      expect(matrix[i * BLOCK_DIMS + j]).toBeCloseTo(blocks.reduce((s, b) => s + (b[i] - mi) * (b[j] - mj), 0) / 30, 4);
    }
  });

  test('blocks of five directions come back whole from rank five, and the loss says so', () => {
    const blocks = blocksOf(5, 200);
    const { basis, held, trace } = fit(blocks, 5);
    expect(trace - held).toBeLessThan(trace * 1e-6);
    const coefficients = new Float32Array(5);
    for (const block of blocks.slice(0, 20)) {
      projector(basis)(block, coefficients);
      for (let i = 0; i < BLOCK_DIMS; i += 13) {
        let value = basis.mean[i];
        for (let a = 0; a < 5; a++) value += coefficients[a] * basis.vectors[a * BLOCK_DIMS + i];
        expect(value).toBeCloseTo(block[i], 2);
      }
    }
  });

  test('a lower rank holds less, never more', () => {
    const blocks = blocksOf(8, 200);
    const held = [2, 4, 8].map((rank) => fit(blocks, rank).held);
    expect(held[0]).toBeLessThan(held[1]);
    expect(held[1]).toBeLessThan(held[2]);
  });

  test('rows stay orthonormal even when some vanish', () => {
    const rows = startRows(6);
    rows.copyWithin(BLOCK_DIMS, 0, BLOCK_DIMS);
    rows.fill(0, 2 * BLOCK_DIMS, 3 * BLOCK_DIMS);
    orthonormalise(rows, 6, BLOCK_DIMS);
    for (let a = 0; a < 6; a++) {
      for (let b = 0; b <= a; b++) {
        let dot = 0;
        for (let i = 0; i < BLOCK_DIMS; i++) dot += rows[a * BLOCK_DIMS + i] * rows[b * BLOCK_DIMS + i];
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 8);
      }
    }
  });

  test('decoding small is decoding large and averaging', () => {
    const { basis } = fit(blocksOf(6, 100), 6);
    fc.assert(
      fc.property(fc.array(fc.double({ min: -60, max: 60, noNaN: true }), { minLength: 6, maxLength: 6 }), fc.constantFrom(1, 2, 4), (c, side) => {
        const whole = Float64Array.from({ length: BLOCK_DIMS }, (_, i) => basis.mean[i] + c.reduce((s, v, a) => s + v * basis.vectors[a * BLOCK_DIMS + i], 0));
        const { mean, vectors, dims } = reduceBasis(basis, side);
        const cell = 8 / side;
        for (let y = 0; y < side; y++) {
          for (let x = 0; x < side; x++) {
            let sum = 0;
            for (let v = 0; v < cell; v++) for (let u = 0; u < cell; u++) sum += whole[((y * cell + v) * 8 + x * cell + u) * 3 + 1];
            const i = (y * side + x) * 3 + 1;
            const small = mean[i] + c.reduce((s, value, a) => s + value * vectors[a * dims + i], 0);
            expect(small).toBeCloseTo(sum / (cell * cell), 2);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  test('blocks are read from their place', () => {
    const rgb = Uint8Array.from({ length: 24 * 16 * 3 }, (_, i) => i % 251);
    const block = new Float32Array(BLOCK_DIMS);
    readBlock(rgb, 24, 2, 1, block);
    expect(block[0]).toBe(rgb[(8 * 24 + 16) * 3]);
    expect(block[BLOCK_DIMS - 1]).toBe(rgb[(15 * 24 + 23) * 3 + 2]);
  });
});
