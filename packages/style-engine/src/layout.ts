import { mergeAverage, SHIFT, type Average } from './denoise.ts';
import type { Level } from './exemplars.ts';
import type { Memory } from './memory.ts';
import type { Pool } from './pool.ts';
import { hash4, mulberry32, normals } from './rng.ts';
import { geometricSigmas, windowRadius } from './schedule.ts';
import { buildView } from './view.ts';

export const LAYOUT_SHORT_SIDE = 32;
export const LAYOUT_STEPS = 24;
const FIRST_SIGMA = 6;
const LAST_SIGMA = 0.04;
const ZOOMS = [1, 1.12, 1.25];
/** What an artwork that answers nothing of the prompt must save elsewhere. */
const SCORE_WEIGHT = 0.3;
const SCORE_JITTER = 0.2;
const GROUPS = 12;

export interface LayoutOptions {
  width: number;
  height: number;
  creativity: number;
  seed: number;
  scores: number[];
  schedule: { sigmas: Float32Array; radii: Float32Array };
  onStep?: (step: number) => void;
}

export interface Layout {
  width: number;
  height: number;
  /** Interleaved RGB, 0..255. */
  rgb: Float32Array;
  /** Which view each pixel came from, and by which shift (0..24). */
  source: Int32Array;
  shift: Int32Array;
  /** Exemplar (2·k + mirrored) of each view. */
  exemplarOfSource: Int32Array;
  /** Where views look, padded; two shares of the artwork's sides a pixel. */
  maps: Float32Array;
}

/** Where in its artwork a point of the layout (in layout pixels, fractions allowed) comes from: exemplar and two shares of its sides. */
export function placeAt(layout: Layout, x: number, y: number, into: { exemplar: number; u: number; v: number }): void {
  const { width, height, maps } = layout;
  const p = Math.min(height - 1, Math.floor(y)) * width + Math.min(width - 1, Math.floor(x));
  const source = layout.source[p];
  const shift = layout.shift[p];
  const stride = width + 2 * SHIFT;
  const rows = height + 2 * SHIFT;
  const fx = Math.max(0, Math.min(stride - 1.001, x - 0.5 + (shift % 5)));
  const fy = Math.max(0, Math.min(rows - 1.001, y - 0.5 + Math.floor(shift / 5)));
  const x0 = Math.floor(fx);
  const y0 = Math.floor(fy);
  const tx = fx - x0;
  const ty = fy - y0;
  const a = (source * stride * rows + y0 * stride + x0) * 2;
  const b = a + stride * 2;
  into.exemplar = layout.exemplarOfSource[source];
  into.u = (maps[a] * (1 - tx) + maps[a + 2] * tx) * (1 - ty) + (maps[b] * (1 - tx) + maps[b + 2] * tx) * ty;
  into.v = (maps[a + 1] * (1 - tx) + maps[a + 3] * tx) * (1 - ty) + (maps[b + 1] * (1 - tx) + maps[b + 3] * tx) * ty;
}

/** The composition: a diffusion at 32 pixels whose score is computed from views of the artworks in `level`. */
export async function makeLayout(level: Level, options: LayoutOptions, memory: Memory, pool: Pool): Promise<Layout> {
  const { width, height, creativity, seed, scores, schedule } = options;
  const { exemplars, images } = level;
  const count = images.length * ZOOMS.length * 2;
  const padded = (width + 2 * SHIFT) * (height + 2 * SHIFT);
  const sources = memory.f32(count * padded * 3);
  const maps = new Float32Array(count * padded * 2);
  const scoreBias = new Float64Array(count);
  const exemplarOfSource = new Int32Array(count);
  let a = 0;
  for (let k = 0; k < images.length; k++) {
    const score = scores[images[k]] - SCORE_JITTER * (hash4(seed, 11, images[k], 0) / 4294967296);
    for (let z = 0; z < ZOOMS.length; z++) {
      for (let flip = 0; flip < 2; flip++, a++) {
        const e = 2 * k + flip;
        const thumbnail = { pixels: exemplars.pixels, base: exemplars.base[e], width: exemplars.width[e], height: exemplars.height[e] };
        const random = mulberry32(hash4(seed, 13, images[k], z * 2 + flip));
        buildView(
          thumbnail,
          { width, height, zoom: ZOOMS[z], warp: 0.035 * creativity, unrest: 1.1 * creativity, random },
          sources.subarray(a * padded * 3, (a + 1) * padded * 3),
          maps.subarray(a * padded * 2, (a + 1) * padded * 2),
        );
        scoreBias[a] = SCORE_WEIGHT * (1 - score);
        exemplarOfSource[a] = e;
      }
    }
  }

  const pixels = width * height;
  const averages: Average[] = Array.from({ length: Math.min(GROUPS, count) }, () => ({
    max: memory.f64(pixels),
    weight: memory.f64(pixels),
    sum: memory.f64(pixels * 3),
    best: memory.i32(pixels),
  }));
  const x = memory.f32(pixels * 3);
  startNoise(x, sources, seed);
  const sigmas = geometricSigmas(LAYOUT_STEPS, FIRST_SIGMA, LAST_SIGMA);
  for (let step = 0; step < LAYOUT_STEPS; step++) {
    const sigma = sigmas[step];
    const ratio = sigmas[step + 1] / sigma;
    const radius = windowRadius(sigma, schedule, { width, height }, creativity);
    const groups = averages.length;
    // The wider the window, the more differences it sums: what the words say must keep its weight.
    const area = (2 * Math.min(radius, width) + 1) * (2 * Math.min(radius, height) + 1);
    const bias = scoreBias.map((b) => b * Math.max(1, area / 12));
    await pool.run('denoise', { noisy: x, sources, count, bias, width, height, sigma, radius, groups, averages }, groups);
    for (let g = 1; g < groups; g++) mergeAverage(averages[0], averages[g]);
    const { sum, weight } = averages[0];
    const final = step === LAYOUT_STEPS - 1;
    for (let p = 0; p < pixels; p++) {
      for (let c = 0; c < 3; c++) {
        const i = p * 3 + c;
        const clean = sum[i] / weight[p];
        x[i] = final ? clean : clean + ratio * (x[i] - clean);
      }
    }
    options.onStep?.(step + 1);
  }
  const { best } = averages[0];
  return { width, height, rgb: x.map((value) => value * 255), source: best.map((b) => Math.floor(b / 25)), shift: best.map((b) => b % 25), exemplarOfSource, maps };
}

/** Noise around the artworks' mean colour. */
function startNoise(x: Float32Array, sources: Float32Array, seed: number): void {
  const mean = [0, 0, 0];
  for (let i = 0; i < sources.length; i++) mean[i % 3] += sources[i] / (sources.length / 3);
  const normal = normals(mulberry32(hash4(seed, 17, 0, 0)));
  for (let i = 0; i < x.length; i++) x[i] = mean[i % 3] + FIRST_SIGMA * normal();
}
