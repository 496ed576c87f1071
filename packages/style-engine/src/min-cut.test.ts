import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minCut } from './min-cut.ts';

const WIDTH = 3;
const HEIGHT = 3;
const PIXELS = WIDTH * HEIGHT;

/** Price of a division, straight from the definition. */
function price(side: ArrayLike<number>, toSink: readonly number[], toSource: readonly number[], edges: readonly number[]): number {
  let sum = 0;
  for (let p = 0; p < PIXELS; p++) {
    sum += side[p] === 1 ? toSink[p] : toSource[p];
    const x = p % WIDTH;
    for (const [d, q] of [[0, x < WIDTH - 1 ? p + 1 : -1], [1, x > 0 ? p - 1 : -1], [2, p + WIDTH < PIXELS ? p + WIDTH : -1], [3, p - WIDTH]] as const) {
      if (q >= 0 && side[p] === 0 && side[q] === 1) sum += edges[p * 4 + d];
    }
  }
  return sum;
}

test('the cut is the cheapest of all divisions', () => {
  const costs = (length: number) => fc.array(fc.integer({ min: 0, max: 20 }), { minLength: length, maxLength: length });
  fc.assert(
    fc.property(costs(PIXELS), costs(PIXELS), costs(PIXELS * 4), (toSink, toSource, edges) => {
      let cheapest = Number.POSITIVE_INFINITY;
      for (let bits = 0; bits < 1 << PIXELS; bits++) {
        const side = Array.from({ length: PIXELS }, (_, p) => (bits >> p) & 1);
        cheapest = Math.min(cheapest, price(side, toSink, toSource, edges));
      }
      const side = minCut({ width: WIDTH, height: HEIGHT, toSink: Float64Array.from(toSink), toSource: Float64Array.from(toSource), edges: Float64Array.from(edges) });
      expect(price(side, toSink, toSource, edges)).toBe(cheapest);
    }),
    { numRuns: 60 },
  );
});
