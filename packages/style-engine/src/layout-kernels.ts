import { accumulate, addCandidate, averageOf, clearAverage, NEGLIGIBLE, SHIFT, shiftPrior, windows, type Average } from './denoise.ts';

/** One denoising step over many sources: task g takes sources g, g+groups, … into its own running average. */
export interface DenoiseArgs {
  noisy: Float32Array;
  /** Padded sources one after another. */
  sources: Float32Array;
  count: number;
  bias: Float64Array;
  width: number;
  height: number;
  sigma: number;
  radius: number;
  groups: number;
  /** One average a group, one after another. */
  averages: Average;
}
export function denoiseGroup(args: DenoiseArgs, group: number): void {
  const { noisy, sources, count, width, height, groups } = args;
  const average = averageOf(args.averages, group, width * height);
  clearAverage(average);
  const size = (width + 2 * SHIFT) * (height + 2 * SHIFT) * 3;
  const scratch = new Float64Array((width + 1) * (height + 1));
  for (let a = group; a < count; a += groups) {
    accumulate(noisy, sources.subarray(a * size, (a + 1) * size), a, args.bias[a], args, average, scratch);
  }
}

/** Leave-one-out validation: how well held-out pictures come back from the others with one window, at every noise level. One task a held picture. */
export interface CalibrateArgs {
  /** Padded square thumbnails, 0..1, of all pictures and their mirror images (2n, 2n+1). */
  thumbnails: Float32Array;
  side: number;
  held: number[];
  /** Which thumbnails may explain held picture h. */
  others: number[][];
  /** One noise picture per held-out one; scaled by each sigma. */
  noise: Float32Array;
  sigmas: readonly number[];
  radius: number;
  /** held × sigmas: squared error a pixel. */
  errors: Float64Array;
}

/**
 * The denoiser at several noise levels at once. With x = clean + σn the squared distance to y is |clean − y|² + 2σ n·(clean − y) + σ²|n|², whose
 * last term is the same for every y: two integral images per shift serve all levels.
 */
export function calibrateHeld(args: CalibrateArgs, h: number): void {
  const { thumbnails, side, held, noise, sigmas } = args;
  const padded = side + 2 * SHIFT;
  const size = padded * padded * 3;
  const pixels = side * side;
  const row = side + 1;
  const clean = new Float64Array(pixels * 3);
  for (let y = 0; y < side; y++) {
    for (let k = 0; k < side * 3; k++) clean[y * side * 3 + k] = thumbnails[held[h] * 2 * size + ((y + SHIFT) * padded + SHIFT) * 3 + k];
  }
  const own = noise.subarray(h * pixels * 3, (h + 1) * pixels * 3);
  const levels = sigmas.length;
  const inverse = Float64Array.from(sigmas, (sigma) => 1 / (2 * sigma * sigma));
  const spread = Float64Array.from(sigmas);
  // Every other pixel each way is enough to judge by; one average a level, one after another.
  const judged = (side >> 1) ** 2;
  const average: Average = { max: new Float64Array(levels * judged), weight: new Float64Array(levels * judged), sum: new Float64Array(levels * judged * 3), best: new Int32Array(0) };
  clearAverage(average);
  const { max } = average;
  const apart = new Float64Array(row * row);
  const along = new Float64Array(row * row);
  const { low, high } = windows(side, args.radius);
  for (const a of args.others[h]) {
    const source = thumbnails.subarray(a * size, (a + 1) * size);
    for (let dy = -SHIFT; dy <= SHIFT; dy++) {
      for (let dx = -SHIFT; dx <= SHIFT; dx++) {
        integrate(clean, own, source, side, dx, dy, apart, along);
        const prior = shiftPrior(dx, dy);
        for (let y = 0, p = 0; y < side; y += 2) {
          const above = low[y] * row;
          const below = high[y] * row;
          let s = ((y + SHIFT + dy) * padded + SHIFT + dx) * 3;
          for (let x = 0; x < side; x += 2, p++, s += 6) {
            const x0 = low[x];
            const x1 = high[x];
            const still = apart[below + x1] - apart[above + x1] - apart[below + x0] + apart[above + x0];
            const moved = along[below + x1] - along[above + x1] - along[below + x0] + along[above + x0];
            for (let l = 0, i = p; l < levels; l++, i += judged) {
              const log = prior - (still + spread[l] * moved) * inverse[l];
              if (log > max[i] - NEGLIGIBLE) addCandidate(average, i, log, source, s);
            }
          }
        }
      }
    }
  }
  for (let l = 0; l < levels; l++) {
    let error = 0;
    for (let p = 0; p < judged; p++) {
      const i = l * judged + p;
      const at = (2 * Math.floor(p / (side >> 1)) * side + 2 * (p % (side >> 1))) * 3;
      for (let c = 0; c < 3; c++) error += (average.sum[i * 3 + c] / average.weight[i] - clean[at + c]) ** 2;
    }
    args.errors[h * levels + l] = error / judged;
  }
}

/** Integral images of |clean − y|² and of 2 n·(clean − y) for one shift. */
function integrate(clean: Float64Array, noise: Float32Array, source: Float32Array, side: number, dx: number, dy: number, apart: Float64Array, along: Float64Array): void {
  const padded = side + 2 * SHIFT;
  const row = side + 1;
  let i = 0;
  for (let y = 0; y < side; y++) {
    let b = ((y + SHIFT + dy) * padded + SHIFT + dx) * 3;
    let squares = 0;
    let products = 0;
    for (let x = 0, at = (y + 1) * row + 1; x < side; x++, at++) {
      for (let c = 0; c < 3; c++, i++, b++) {
        const d = clean[i] - source[b];
        squares += d * d;
        products += 2 * d * noise[i];
      }
      apart[at] = apart[at - row] + squares;
      along[at] = along[at - row] + products;
    }
  }
}
