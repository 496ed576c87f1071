import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accumulate, boxSum, clearAverage, integralOfDifference, mergeAverage, SHIFT, type Average } from './denoise.ts';
import { mulberry32 } from './rng.ts';
import { CALIBRATION_SIGMAS, coherentRadius, FULL_FRAME, geometricSigmas, windowRadius, windowScale } from './schedule.ts';

const W = 9;
const H = 7;
const picture = (seed: number, length: number) => {
  const random = mulberry32(seed);
  return Float32Array.from({ length }, () => random());
};
const noisy = picture(1, W * H * 3);
const sources = [2, 3, 4].map((seed) => picture(seed, (W + 2 * SHIFT) * (H + 2 * SHIFT) * 3));
const empty = (): Average => {
  const average = { max: new Float64Array(W * H), weight: new Float64Array(W * H), sum: new Float64Array(W * H * 3), best: new Int32Array(W * H) };
  clearAverage(average);
  return average;
};

/** Squared difference at one pixel, straight from the definition. */
function difference(source: Float32Array, x: number, y: number, dx: number, dy: number): number {
  let sum = 0;
  for (let c = 0; c < 3; c++) sum += (noisy[(y * W + x) * 3 + c] - source[((y + SHIFT + dy) * (W + 2 * SHIFT) + x + SHIFT + dx) * 3 + c]) ** 2;
  return sum;
}

describe('the denoiser', () => {
  test('the box filter is the direct sum, for any radius, shift and pixel', () => {
    const integral = new Float64Array((W + 1) * (H + 1));
    const whole = fc.record({ x: fc.integer({ min: 0, max: W - 1 }), y: fc.integer({ min: 0, max: H - 1 }), radius: fc.constantFrom(0, 1, 2, 5, FULL_FRAME), dx: fc.integer({ min: -2, max: 2 }), dy: fc.integer({ min: -2, max: 2 }) });
    fc.assert(
      fc.property(whole, ({ x, y, radius, dx, dy }) => {
        integralOfDifference(noisy, sources[0], W, H, dx, dy, integral);
        let direct = 0;
        for (let v = Math.max(0, y - radius); v <= Math.min(H - 1, y + radius); v++) for (let u = Math.max(0, x - radius); u <= Math.min(W - 1, x + radius); u++) direct += difference(sources[0], u, v, dx, dy);
        expect(boxSum(integral, W, H, x, y, radius)).toBeCloseTo(direct, 9);
      }),
    );
  });

  test.each([1, FULL_FRAME])('the running average is the softmax average by definition, windows of radius %i', (radius) => {
    const sigma = radius === 1 ? 0.7 : 3;
    const bias = [0, 0.2, 0.05];
    const average = empty();
    const scratch = new Float64Array((W + 1) * (H + 1));
    sources.forEach((source, a) => accumulate(noisy, source, a, bias[a], { width: W, height: H, sigma, radius }, average, scratch));
    for (const [x, y] of [[0, 0], [4, 3], [8, 6]] as const) {
      let total = 0;
      let value = 0;
      sources.forEach((source, a) => {
        for (let dy = -2; dy <= 2; dy++) {
          for (let dx = -2; dx <= 2; dx++) {
            let d = bias[a];
            for (let v = Math.max(0, y - radius); v <= Math.min(H - 1, y + radius); v++) for (let u = Math.max(0, x - radius); u <= Math.min(W - 1, x + radius); u++) d += difference(source, u, v, dx, dy);
            const w = Math.exp(-d / (2 * sigma * sigma) - (dx * dx + dy * dy) / (2 * 1.44));
            total += w;
            value += w * source[((y + SHIFT + dy) * (W + 2 * SHIFT) + x + SHIFT + dx) * 3];
          }
        }
      });
      const p = y * W + x;
      // Candidates e^14 under the best are left out on purpose.
      expect(average.sum[p * 3] / average.weight[p]).toBeCloseTo(value / total, 4);
    }
  });

  test('parts merged are the whole', () => {
    const frame = { width: W, height: H, sigma: 0.5, radius: 2 };
    const scratch = new Float64Array((W + 1) * (H + 1));
    const whole = empty();
    sources.forEach((source, a) => accumulate(noisy, source, a, 0, frame, whole, scratch));
    const parts = sources.map((source, a) => {
      const part = empty();
      accumulate(noisy, source, a, 0, frame, part, scratch);
      return part;
    });
    mergeAverage(parts[0], parts[1]);
    mergeAverage(parts[0], parts[2]);
    for (let p = 0; p < W * H; p++) {
      expect(parts[0].sum[p * 3] / parts[0].weight[p]).toBeCloseTo(whole.sum[p * 3] / whole.weight[p], 5);
      expect(parts[0].best[p]).toBe(whole.best[p]);
    }
  });
});

describe('the schedule', () => {
  const table = { sigmas: CALIBRATION_SIGMAS, radii: [23, 8, 4, 2, 1, 1] };
  const layout = { width: 32, height: 32 };

  test('noise falls by equal ratios from first to last', () => {
    const sigmas = geometricSigmas(24, 6, 0.04);
    expect(sigmas).toHaveLength(25);
    expect(sigmas[0]).toBe(6);
    expect(sigmas[24]).toBeCloseTo(0.04, 12);
    for (let i = 1; i < 24; i++) expect(sigmas[i + 1] / sigmas[i]).toBeCloseTo(sigmas[1] / sigmas[0], 12);
  });

  test('windows are the calibrated ones at the calibrated levels, scaled by creativity', () => {
    expect(windowScale(1)).toBe(1);
    expect(windowScale(0)).toBe(8);
    expect(windowRadius(0.8, { ...table, radii: [64, 40, 30, 30, 30, 30] }, layout, 1)).toBe(40);
    expect(windowRadius(0.8, { ...table, radii: [64, 40, 30, 30, 30, 30] }, { width: 64, height: 64 }, 1)).toBe(80);
    expect(windowRadius(3, table, layout, 1)).toBe(FULL_FRAME);
  });

  test('less noise never asks for a wider window, more creativity never for one either', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.04, max: 6, noNaN: true }), fc.double({ min: 0.04, max: 6, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (s1, s2, c1, c2) => {
        expect(windowRadius(Math.min(s1, s2), table, layout, c1)).toBeLessThanOrEqual(windowRadius(Math.max(s1, s2), table, layout, c1));
        expect(windowRadius(s1, table, layout, Math.max(c1, c2))).toBeLessThanOrEqual(windowRadius(s1, table, layout, Math.min(c1, c2)));
      }),
    );
  });

  test('things stay whole: no window falls under the coherent radius', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.04, max: 2, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (sigma, creativity) => {
        expect(windowRadius(sigma, table, layout, creativity)).toBeGreaterThanOrEqual(Math.round(coherentRadius(sigma, creativity)));
      }),
    );
  });
});
