import { expect, test } from 'vitest';
import { SHIFT } from './denoise.ts';
import { PAD, type Exemplars } from './patchmatch.ts';
import { mulberry32 } from './rng.ts';
import { chooseSeams } from './seams.ts';

const SIDE = 20;
const PADDED = SIDE + 2 * SHIFT;
/** The middle shift: none. */
const STILL = 12;
/** Artworks are looked through for things at this size. */
const LARGE = 64;

interface Thing {
  left: number;
  top: number;
  side: number;
  /** If it is not square. */
  height?: number;
  colour: readonly number[];
}
const PALE = 0.9;

/** The colour of a pale sheet with things on it, at a point in shares of its sides. */
function colourAt(things: readonly Thing[], u: number, v: number): readonly number[] {
  const found = things.find(({ left, top, side, height = side }) => u * SIDE >= left && u * SIDE < left + side && v * SIDE >= top && v * SIDE < top + height);
  return found === undefined ? [PALE, PALE, PALE] : found.colour;
}

/** Sheets as views of themselves, nothing moved, and the artworks they show. */
function stage(sheets: readonly (readonly Thing[])[]) {
  const sources = new Float32Array(sheets.length * PADDED * PADDED * 3);
  const maps = new Float32Array(sheets.length * PADDED * PADDED * 2);
  const stride = (LARGE + 2 * PAD) * 3;
  const size = (LARGE + 2 * PAD) * stride;
  const exemplars: Exemplars = {
    pixels: new Uint8Array(sheets.length * 2 * size),
    base: Int32Array.from({ length: sheets.length * 2 }, (_, e) => e * size),
    width: new Int32Array(sheets.length * 2).fill(LARGE),
    height: new Int32Array(sheets.length * 2).fill(LARGE),
    penalty: new Int32Array(sheets.length * 2),
    placed: new Uint8Array(sheets.length * 2),
  };
  sheets.forEach((things, n) => {
    for (let p = 0; p < PADDED * PADDED; p++) {
      const u = ((p % PADDED) - SHIFT + 0.5) / SIDE;
      const v = (Math.floor(p / PADDED) - SHIFT + 0.5) / SIDE;
      sources.set(colourAt(things, u, v), (n * PADDED * PADDED + p) * 3);
      maps.set([u, v], (n * PADDED * PADDED + p) * 2);
    }
    for (let p = 0; p < LARGE * LARGE; p++) {
      const rgb = colourAt(things, ((p % LARGE) + 0.5) / LARGE, (Math.floor(p / LARGE) + 0.5) / LARGE);
      exemplars.pixels.set(rgb.map((value) => Math.round(value * 255)), exemplars.base[2 * n] + (Math.floor(p / LARGE) + PAD) * stride + ((p % LARGE) + PAD) * 3);
    }
  });
  return { sources, maps, exemplars, shows: sheets.map((_, n) => 2 * n) };
}

type Staged = ReturnType<typeof stage>;
function choose(staged: Staged, best: Int32Array): Uint8Array {
  const picture = new Float32Array(SIDE * SIDE * 3);
  best.forEach((candidate, p) => {
    const at = (Math.floor(candidate / 25) * PADDED * PADDED + (Math.floor(p / SIDE) + SHIFT) * PADDED + (p % SIDE) + SHIFT) * 3;
    picture.set(staged.sources.subarray(at, at + 3), p * 3);
  });
  const held = new Uint8Array(SIDE * SIDE);
  chooseSeams({ width: SIDE, height: SIDE, ...staged, picture, best, held, bias: new Float64Array(staged.shows.length), creativity: 0.7 });
  return held;
}
/** Pixels of a thing that its own sheet shows. */
function shownOf({ left, top, side, height = side }: Thing, sheet: number, best: Int32Array): number {
  let shown = 0;
  for (let y = top; y < top + height; y++) for (let x = left; x < left + side; x++) if (best[y * SIDE + x] === sheet * 25 + STILL) shown++;
  return shown;
}

const DARK = [0.1, 0.1, 0.1];
const RED = [0.8, 0.2, 0.1];

test('of two views mixed pixel by pixel, small things come whole or not at all; what is well inside a view is held', () => {
  const things: Thing[] = [{ left: 3, top: 8, side: 4, colour: DARK }, { left: 13, top: 8, side: 4, colour: DARK }];
  const staged = stage(things.map((thing) => [thing]));
  for (let seed = 0; seed < 12; seed++) {
    const random = mulberry32(seed);
    // The composition is the mixture: both things are there in half, as mixing leaves them.
    const best = Int32Array.from({ length: SIDE * SIDE }, () => (random() < 0.5 ? 0 : 1) * 25 + STILL);
    const held = choose(staged, best);
    const shown = things.map((thing, sheet) => shownOf(thing, sheet, best));
    for (const n of shown) expect([0, 16]).toContain(n);
    // Each sheet has one such thing: so has the picture, at most.
    expect(Math.min(...shown)).toBe(0);
    for (let p = 0; p < SIDE * SIDE - 1; p++) if (p % SIDE < SIDE - 1 && best[p] !== best[p + 1]) expect([held[p], held[p + 1]]).toEqual([0, 0]);
    expect(held.some((value) => value === 1)).toBe(true);
  }
});

/** The left part of one sheet and the right part of another. */
const halves = () => Int32Array.from({ length: SIDE * SIDE }, (_, p) => (p % SIDE < SIDE / 2 ? 0 : 1) * 25 + STILL);

test('two views that each bring their sun give a picture with one', () => {
  const suns: Thing[] = [{ left: 3, top: 4, side: 4, colour: RED }, { left: 13, top: 9, side: 4, colour: RED }];
  const best = halves();
  choose(stage(suns.map((sun) => [sun])), best);
  expect(suns.map((sun, sheet) => shownOf(sun, sheet, best)).sort((a, b) => a - b)).toEqual([0, 16]);
});

test('things of different kinds meet as they like, and two of a kind stay two where the artist drew two', () => {
  const sun: Thing = { left: 3, top: 4, side: 4, colour: RED };
  const mast: Thing = { left: 15, top: 9, side: 1, height: 6, colour: DARK };
  const both = halves();
  choose(stage([[sun], [mast]]), both);
  expect([shownOf(sun, 0, both), shownOf(mast, 1, both)]).toEqual([16, 6]);
  const other: Thing = { left: 13, top: 9, side: 4, colour: RED };
  const pair = halves();
  choose(stage([[sun, other], [other]]), pair);
  expect(shownOf(sun, 0, pair)).toBe(16);
  expect(shownOf(other, 0, pair) + shownOf(other, 1, pair)).toBe(16);
});
