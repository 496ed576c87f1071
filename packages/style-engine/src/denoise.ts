/**
 * The ideal denoiser under locality and translation equivariance: for every pixel, a softmax average over training pictures and shifts, weighed
 * by how well the picture around the pixel fits the noisy one (Kamb & Ganguli 2024).
 */

/** Largest shift tried each way, and so the padding of a source around its frame. */
export const SHIFT = 2;
/** Width of the preference for small shifts, pixels. */
const SHIFT_SPREAD = 1.2;
/** A candidate this far (in log weight) under the best cannot change a byte. */
export const NEGLIGIBLE = 14;

/** Integral image of squared differences, summed over channels; (width+1)×(height+1), first row and column zero. */
export function integralOfDifference(
  noisy: Float32Array,
  source: Float32Array,
  width: number,
  height: number,
  dx: number,
  dy: number,
  integral: Float64Array,
): void {
  const stride = width + 2 * SHIFT;
  const row = width + 1;
  for (let y = 0; y < height; y++) {
    let sum = 0;
    let a = y * width * 3;
    let b = ((y + SHIFT + dy) * stride + SHIFT + dx) * 3;
    const above = y * row + 1;
    const here = above + row;
    for (let x = 0; x < width; x++) {
      const r = noisy[a] - source[b];
      const g = noisy[a + 1] - source[b + 1];
      const l = noisy[a + 2] - source[b + 2];
      sum += r * r + g * g + l * l;
      integral[here + x] = integral[above + x] + sum;
      a += 3;
      b += 3;
    }
  }
}

/** The same summed over the whole picture, as the last corner of the integral image has it. */
function differenceOfAll(noisy: Float32Array, source: Float32Array, width: number, height: number, dx: number, dy: number): number {
  const stride = width + 2 * SHIFT;
  let all = 0;
  for (let y = 0, a = 0; y < height; y++) {
    let b = ((y + SHIFT + dy) * stride + SHIFT + dx) * 3;
    let sum = 0;
    for (let x = 0; x < width; x++, a += 3, b += 3) {
      const r = noisy[a] - source[b];
      const g = noisy[a + 1] - source[b + 1];
      const l = noisy[a + 2] - source[b + 2];
      sum += r * r + g * g + l * l;
    }
    all += sum;
  }
  return all;
}

/** Sum over the (2·radius+1)² window around (x, y), clipped to the frame: four look-ups for any radius. */
export function boxSum(integral: Float64Array, width: number, height: number, x: number, y: number, radius: number): number {
  const row = width + 1;
  const x0 = x > radius ? x - radius : 0;
  const y0 = y > radius ? y - radius : 0;
  const x1 = x + radius + 1 < width ? x + radius + 1 : width;
  const y1 = y + radius + 1 < height ? y + radius + 1 : height;
  return integral[y1 * row + x1] - integral[y0 * row + x1] - integral[y1 * row + x0] + integral[y0 * row + x0];
}

/** A running softmax average per pixel: the largest log weight so far, and sums relative to it. */
export interface Average {
  max: Float64Array;
  weight: Float64Array;
  /** Three sums a pixel. */
  sum: Float64Array;
  /** Which candidate had the largest weight: source·25 + shift. */
  best: Int32Array;
}

/** The part of a shared average that belongs to one group. */
export function averageOf(all: Average, group: number, pixels: number): Average {
  const from = group * pixels;
  const to = from + pixels;
  return { max: all.max.subarray(from, to), weight: all.weight.subarray(from, to), sum: all.sum.subarray(from * 3, to * 3), best: all.best.subarray(from, to) };
}

/** Makes an average empty. */
export function clearAverage(average: Average): void {
  average.max.fill(-Infinity);
  average.weight.fill(0);
  average.sum.fill(0);
  average.best.fill(-1);
}

/** Log weight of a shift: small ones are likelier. */
export const shiftPrior = (dx: number, dy: number): number => -(dx * dx + dy * dy) / (2 * SHIFT_SPREAD * SHIFT_SPREAD);

/** Adds a candidate of a given log weight to one pixel's average; says whether it is the best so far. */
export function addCandidate({ max, weight, sum }: Average, p: number, log: number, source: Float32Array, s: number): boolean {
  const top = max[p];
  if (log < top - NEGLIGIBLE) return false;
  let w = 1;
  if (log > top) {
    const fade = Math.exp(top - log);
    weight[p] *= fade;
    sum[p * 3] *= fade;
    sum[p * 3 + 1] *= fade;
    sum[p * 3 + 2] *= fade;
    max[p] = log;
  } else w = Math.exp(log - top);
  weight[p] += w;
  sum[p * 3] += w * source[s];
  sum[p * 3 + 1] += w * source[s + 1];
  sum[p * 3 + 2] += w * source[s + 2];
  return log > top;
}

/** First column and the one after the last of every window along an axis. */
export function windows(length: number, radius: number): { low: Int32Array; high: Int32Array } {
  return {
    low: Int32Array.from({ length }, (_, x) => Math.max(0, x - radius)),
    high: Int32Array.from({ length }, (_, x) => Math.min(length, x + radius + 1)),
  };
}

/** Adds a candidate's row, from pixel `p` on, to the average as addCandidate does, without a call for each of a hundred million. */
function addRow({ max, weight, sum, best }: Average, p: number, logs: Float64Array, source: Float32Array, s: number, candidate: number): void {
  let before = Number.NaN;
  let w = 1;
  for (let x = 0; x < logs.length; x++, p++, s += 3) {
    const more = logs[x] - max[p];
    if (more < -NEGLIGIBLE) continue;
    const i = p * 3;
    // Where windows take in the whole picture, pixels have one weight.
    if (more !== before) {
      before = more;
      w = Math.exp(-Math.abs(more));
    }
    if (more > 0) {
      weight[p] = weight[p] * w + 1;
      sum[i] = sum[i] * w + source[s];
      sum[i + 1] = sum[i + 1] * w + source[s + 1];
      sum[i + 2] = sum[i + 2] * w + source[s + 2];
      max[p] = logs[x];
      best[p] = candidate;
    } else {
      weight[p] += w;
      sum[i] += w * source[s];
      sum[i + 1] += w * source[s + 1];
      sum[i + 2] += w * source[s + 2];
    }
  }
}

/** Adds one source (all shifts) to the average. `bias` is λ(1−score): what a poor match to the words costs, in units of squared difference. */
export function accumulate(
  noisy: Float32Array,
  source: Float32Array,
  index: number,
  bias: number,
  frame: { width: number; height: number; sigma: number; radius: number },
  average: Average,
  scratch: Float64Array,
): void {
  const { width, height, sigma, radius } = frame;
  const inverse = 1 / (2 * sigma * sigma);
  const stride = width + 2 * SHIFT;
  const row = width + 1;
  const whole = radius >= Math.max(width, height);
  const { low, high } = windows(width, radius);
  const logs = new Float64Array(width);
  for (let dy = -SHIFT; dy <= SHIFT; dy++) {
    for (let dx = -SHIFT; dx <= SHIFT; dx++) {
      const prior = shiftPrior(dx, dy) - bias * inverse;
      const candidate = index * 25 + (dy + SHIFT) * 5 + dx + SHIFT;
      if (whole) logs.fill(prior - differenceOfAll(noisy, source, width, height, dx, dy) * inverse);
      else integralOfDifference(noisy, source, width, height, dx, dy, scratch);
      for (let y = 0; y < height; y++) {
        if (!whole) {
          // The box sum, its rows looked up once.
          const above = Math.max(0, y - radius) * row;
          const below = Math.min(height, y + radius + 1) * row;
          for (let x = 0; x < width; x++) {
            logs[x] = prior - (scratch[below + high[x]] - scratch[above + high[x]] - scratch[below + low[x]] + scratch[above + low[x]]) * inverse;
          }
        }
        addRow(average, y * width, logs, source, ((y + SHIFT + dy) * stride + SHIFT + dx) * 3, candidate);
      }
    }
  }
}

/** Merges `from` into `into`; done in a fixed order, the result does not depend on which thread made which part. */
export function mergeAverage(into: Average, from: Average): void {
  const pixels = into.max.length;
  for (let p = 0; p < pixels; p++) {
    const a = into.max[p];
    const b = from.max[p];
    if (b === -Infinity) continue;
    if (b > a) {
      const fade = Math.exp(a - b);
      into.max[p] = b;
      into.best[p] = from.best[p];
      into.weight[p] = into.weight[p] * fade + from.weight[p];
      for (let c = 0; c < 3; c++) into.sum[p * 3 + c] = into.sum[p * 3 + c] * fade + from.sum[p * 3 + c];
    } else {
      const fade = Math.exp(b - a);
      into.weight[p] += from.weight[p] * fade;
      for (let c = 0; c < 3; c++) into.sum[p * 3 + c] += from.sum[p * 3 + c] * fade;
    }
  }
}
