import { describe, expect, test } from 'vitest';
import { columnOf, exemplarOf, matchStrip, packPosition, PAD, patchDistance, rowOf, sparsePatchDistance, type Exemplars, type MatchArgs } from './patchmatch.ts';
import { fillPadding } from './raster.ts';
import { mulberry32 } from './rng.ts';
import { voteStrip } from './vote.ts';

const SIDE = 24;
const STRIDE = (SIDE + 2 * PAD) * 3;
function padded(seed: number): Uint8Array {
  const random = mulberry32(seed);
  const pixels = new Uint8Array(STRIDE * (SIDE + 2 * PAD));
  for (let y = 0; y < SIDE; y++) for (let k = 0; k < SIDE * 3; k++) pixels[(y + PAD) * STRIDE + PAD * 3 + k] = Math.floor(random() * 256);
  fillPadding(pixels, 0, SIDE, SIDE, PAD);
  return pixels;
}
const artwork = padded(5);
const exemplars: Exemplars = { pixels: artwork, base: Int32Array.of(0), width: Int32Array.of(SIDE), height: Int32Array.of(SIDE), penalty: new Int32Array(1), placed: new Uint8Array(1) };

function argsFor(rows: number, target = artwork): MatchArgs {
  const random = mulberry32(8);
  const fieldIn = Int32Array.from({ length: SIDE * SIDE }, () => packPosition(0, Math.floor(random() * SIDE), Math.floor(random() * SIDE)));
  return { target, width: SIDE, height: SIDE, exemplars, fieldIn, fieldOut: new Int32Array(SIDE * SIDE), cost: new Int32Array(SIDE * SIDE), measured: false, held: new Uint8Array(SIDE * SIDE), jump: 1, tries: 4, radius: 8, globalTries: 2, placeWeight: 0, margin: 0, sparse: false, seed: 1, stage: 1, rows };
}
const runAll = (args: MatchArgs, order: (n: number) => number[] = (n) => [...Array(n).keys()]) => {
  for (const strip of order(Math.ceil(SIDE / args.rows))) matchStrip(args, strip);
  return args;
};

describe('patch matching', () => {
  test('positions pack and unpack', () => {
    const p = packPosition(1999, 1023, 517);
    expect([exemplarOf(p), columnOf(p), rowOf(p)]).toEqual([1999, 1023, 517]);
  });

  test('distances are sums of squares over the patch', () => {
    const other = padded(6);
    let full = 0;
    let sparse = 0;
    for (let y = 0; y < 7; y++) {
      for (let x = 0; x < 7; x++) {
        for (let c = 0; c < 3; c++) {
          const d = (artwork[(y + 2) * STRIDE + (x + 4) * 3 + c] - other[(y + 9) * STRIDE + (x + 1) * 3 + c]) ** 2;
          full += d;
          if (y % 2 === 0 && x % 2 === 0) sparse += d;
        }
      }
    }
    expect(patchDistance(artwork, 2 * STRIDE + 12, STRIDE, other, 9 * STRIDE + 3, STRIDE, 1e9)).toBe(full);
    expect(sparsePatchDistance(artwork, 2 * STRIDE + 12, STRIDE, other, 9 * STRIDE + 3, STRIDE, 1e9)).toBe(sparse * 3);
  });

  test('strips in any order and any size give the same field: updates read the old and write the new', () => {
    const one = runAll(argsFor(SIDE));
    const many = runAll(argsFor(5), (n) => [...Array(n).keys()].reverse());
    expect(many.fieldOut).toEqual(one.fieldOut);
    expect(many.cost).toEqual(one.cost);
  });

  test('a match never gets worse, and an artwork finds itself', () => {
    const args = argsFor(6);
    let before = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 40; i++) {
      runAll(args);
      const total = args.cost.reduce((a, b) => a + b, 0);
      expect(total).toBeLessThanOrEqual(before);
      before = total;
      Object.assign(args, { fieldIn: args.fieldOut, fieldOut: args.fieldIn, stage: i + 2, jump: [4, 2, 1][i % 3] });
    }
    const exact = args.fieldIn.filter((f, p) => columnOf(f) === p % SIDE && rowOf(f) === Math.floor(p / SIDE)).length;
    expect(exact).toBeGreaterThan(SIDE * SIDE * 0.98);
  });
});

describe('voting', () => {
  const vote = (field: Int32Array, bandwidth: number, pixels = artwork, reach = 2) => {
    const out = new Uint8Array(artwork.length);
    const args = { width: SIDE, height: SIDE, field, cost: new Int32Array(SIDE * SIDE), pixels, base: Int32Array.of(0), exemplarWidth: Int32Array.of(SIDE), spread: 1.1, reach, bandwidth, out, rows: 5 };
    for (let strip = 0; strip < Math.ceil(SIDE / 5); strip++) voteStrip(args, strip);
    return out;
  };
  const inside = (pixels: Uint8Array) => Array.from({ length: SIDE }, (_, y) => [...pixels.subarray((y + PAD) * STRIDE + PAD * 3, (y + PAD) * STRIDE + (PAD + SIDE) * 3)]).flat();

  test('patches that agree copy the artwork exactly', () => {
    const field = Int32Array.from({ length: SIDE * SIDE }, (_, p) => packPosition(0, p % SIDE, Math.floor(p / SIDE)));
    expect(inside(vote(field, 0))).toEqual(inside(artwork));
    expect(inside(vote(field, 24))).toEqual(inside(artwork));
  });

  test('where patches disagree about an edge, the strongest opinion stands instead of a grey in between', () => {
    const edge = new Uint8Array(artwork.length);
    for (let y = 0; y < SIDE + 2 * PAD; y++) for (let x = 0; x < SIDE + 2 * PAD; x++) edge.fill(x < 15 ? 20 : 230, y * STRIDE + x * 3, y * STRIDE + x * 3 + 3);
    const random = mulberry32(2);
    const field = Int32Array.from({ length: SIDE * SIDE }, (_, p) => packPosition(0, Math.max(0, Math.min(SIDE - 1, (p % SIDE) + Math.floor(random() * 3) - 1)), Math.floor(p / SIDE)));
    const greys = (pixels: Uint8Array) => inside(pixels).filter((value) => value !== 20 && value !== 230).length;
    expect(greys(vote(field, 0, edge))).toBeGreaterThan(50);
    expect(greys(vote(field, 24, edge))).toBe(0);
  });
});
