import { expect, test } from 'vitest';
import { SHIFT } from './denoise.ts';
import { mulberry32 } from './rng.ts';
import { chooseSeams } from './seams.ts';

const SIDE = 20;
const PADDED = SIDE + 2 * SHIFT;
/** The middle shift: none. */
const STILL = 12;

/** A pale sheet with one dark thing of 4×4 whose left edge is at `left`. */
function view(left: number): Float32Array {
  const rgb = new Float32Array(PADDED * PADDED * 3).fill(0.9);
  for (let y = 8; y < 12; y++) for (let x = left; x < left + 4; x++) rgb.fill(0.1, ((y + SHIFT) * PADDED + x + SHIFT) * 3, ((y + SHIFT) * PADDED + x + SHIFT) * 3 + 3);
  return rgb;
}

test('of two views mixed pixel by pixel, small things come whole or not at all; what is well inside a view is held', () => {
  const things = [3, 13];
  const views = things.map(view);
  const sources = new Float32Array(views.flatMap((one) => [...one]));
  for (let seed = 0; seed < 12; seed++) {
    const random = mulberry32(seed);
    const best = Int32Array.from({ length: SIDE * SIDE }, () => (random() < 0.5 ? 0 : 1) * 25 + STILL);
    // The composition is the mixture: both things are there in half, as mixing leaves them.
    const picture = new Float32Array(SIDE * SIDE * 3);
    best.forEach((candidate, p) => {
      const at = ((Math.floor(p / SIDE) + SHIFT) * PADDED + (p % SIDE) + SHIFT) * 3;
      for (let c = 0; c < 3; c++) picture[p * 3 + c] = views[Math.floor(candidate / 25)][at + c];
    });
    const held = new Uint8Array(SIDE * SIDE);
    chooseSeams({ width: SIDE, height: SIDE, sources, picture, best, held, bias: new Float64Array(2), creativity: 0.7 });
    things.forEach((left, own) => {
      let shown = 0;
      for (let y = 8; y < 12; y++) for (let x = left; x < left + 4; x++) if (best[y * SIDE + x] === own * 25 + STILL) shown++;
      expect([0, 16]).toContain(shown);
    });
    for (let p = 0; p < SIDE * SIDE - 1; p++) if (p % SIDE < SIDE - 1 && best[p] !== best[p + 1]) expect([held[p], held[p + 1]]).toEqual([0, 0]);
    expect(held.some((value) => value === 1)).toBe(true);
  }
});
