import { accumulate, clearAverage, SHIFT, type Average } from './denoise.ts';

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
  averages: Average[];
}
export function denoiseGroup(args: DenoiseArgs, group: number): void {
  const { noisy, sources, count, width, height, groups } = args;
  const average = args.averages[group];
  clearAverage(average);
  const size = (width + 2 * SHIFT) * (height + 2 * SHIFT) * 3;
  const scratch = new Float64Array((width + 1) * (height + 1));
  for (let a = group; a < count; a += groups) {
    accumulate(noisy, sources.subarray(a * size, (a + 1) * size), a, args.bias[a], args, average, scratch);
  }
}

/** Leave-one-out validation: how well held-out pictures come back from the others, for one noise level and window. */
export interface CalibrateArgs {
  /** Padded square thumbnails, 0..1, of all pictures and their mirror images (2n, 2n+1). */
  thumbnails: Float32Array;
  side: number;
  held: number[];
  /** Which thumbnails may explain held picture h. */
  others: number[][];
  /** One noise picture per held-out one; scaled by sigma. */
  noise: Float32Array;
  cells: { sigma: number; radius: number }[];
  /** cells × held: summed squared error. */
  errors: Float64Array;
}
export function calibrateCell(args: CalibrateArgs, task: number): void {
  const { thumbnails, side, held, noise } = args;
  const cell = args.cells[Math.floor(task / held.length)];
  const h = task % held.length;
  const padded = side + 2 * SHIFT;
  const size = padded * padded * 3;
  const pixels = side * side;
  const clean = new Float32Array(pixels * 3);
  const noisy = new Float32Array(pixels * 3);
  for (let y = 0; y < side; y++) {
    for (let k = 0; k < side * 3; k++) {
      const i = y * side * 3 + k;
      clean[i] = thumbnails[held[h] * 2 * size + ((y + SHIFT) * padded + SHIFT) * 3 + k];
      noisy[i] = clean[i] + cell.sigma * noise[h * pixels * 3 + i];
    }
  }
  const average: Average = {
    max: new Float64Array(pixels),
    weight: new Float64Array(pixels),
    sum: new Float64Array(pixels * 3),
    best: new Int32Array(pixels),
  };
  clearAverage(average);
  const scratch = new Float64Array((side + 1) * (side + 1));
  const frame = { width: side, height: side, sigma: cell.sigma, radius: cell.radius };
  for (const a of args.others[h]) accumulate(noisy, thumbnails.subarray(a * size, (a + 1) * size), a, 0, frame, average, scratch);
  let error = 0;
  for (let p = 0; p < pixels; p++) {
    for (let c = 0; c < 3; c++) {
      const d = average.sum[p * 3 + c] / average.weight[p] - clean[p * 3 + c];
      error += d * d;
    }
  }
  args.errors[task] = error;
}
