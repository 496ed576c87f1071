import { averageOf, mergeAverage, SHIFT, type Average } from './denoise.ts';
import type { Level } from './exemplars.ts';
import type { Memory } from './memory.ts';
import type { Pool } from './pool.ts';
import { hash4, mulberry32, normals } from './rng.ts';
import { geometricSigmas, windowRadius } from './schedule.ts';
import type { ViewSpec } from './view.ts';

export const LAYOUT_SHORT_SIDE = 32;
export const LAYOUT_STEPS = 24;
const FIRST_SIGMA = 6;
const LAST_SIGMA = 0.04;
const ZOOMS = [1, 1.12, 1.25];
/** What an artwork that answers nothing of the prompt must save elsewhere. */
const SCORE_WEIGHT = 0.3;
const SCORE_JITTER = 0.2;
const GROUPS = 12;
/** A view stretched so that it is shown at less than this share of its detail is not held. */
const LEAST_SCALE = 0.4;

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
  /** Exemplar (2·k + mirrored) each pixel came from. */
  exemplar: Int32Array;
  /** Where in that exemplar: shares of its sides, less the pixel's own place (so that going on straight means no change). */
  offsetX: Float32Array;
  offsetY: Float32Array;
  /** 1 inside a view, away from its seams: what is there is that artwork's own, and matching is not to put something likely in its place. */
  held: Uint8Array;
  /** Pieces of other artworks laid over it. */
  guests: Guest[];
}

/** A piece of an artwork that stands before everything else, at its own size: (x, y) of the exemplar is at (x + left, y + top), layout pixels. */
export interface Guest {
  exemplar: number;
  left: number;
  top: number;
  /** Whether it stands before the rest, or the rest before it. */
  front: boolean;
  /** Per layout pixel 1 where the guest is seen. */
  seen: Uint8Array;
  /** Per layout pixel what must be seen: 1 of the guest, 2 of what is behind. */
  whole: Uint8Array;
}

/** Of a layout, where its pixels come from. */
export type Places = Pick<Layout, 'width' | 'height' | 'exemplar' | 'offsetX' | 'offsetY'>;

/** Two neighbours look at the same thing if their places differ by less than this, layout pixels. */
const SAME_THING = 3.5;

function alike(layout: Places, p: number, q: number): boolean {
  return (
    layout.exemplar[p] === layout.exemplar[q] &&
    Math.abs(layout.offsetX[p] - layout.offsetX[q]) * layout.width < SAME_THING &&
    Math.abs(layout.offsetY[p] - layout.offsetY[q]) * layout.height < SAME_THING
  );
}

/** Where in its artwork a point of the layout (in layout pixels, fractions allowed) comes from: exemplar and two shares of its sides. */
export function placeAt(layout: Places, x: number, y: number, into: { exemplar: number; u: number; v: number }): void {
  const { width, height, offsetX, offsetY } = layout;
  const nearest = Math.min(height - 1, Math.floor(y)) * width + Math.min(width - 1, Math.floor(x));
  const x0 = Math.floor(x - 0.5);
  const y0 = Math.floor(y - 0.5);
  const tx = x - 0.5 - x0;
  const ty = y - 0.5 - y0;
  let weight = 0;
  let u = 0;
  let v = 0;
  for (let k = 0; k < 4; k++) {
    const nx = Math.max(0, Math.min(width - 1, x0 + (k & 1)));
    const ny = Math.max(0, Math.min(height - 1, y0 + (k >> 1)));
    const q = ny * width + nx;
    if (q !== nearest && !alike(layout, nearest, q)) continue;
    const w = (k & 1 ? tx : 1 - tx) * (k & 2 ? ty : 1 - ty) + 1e-6;
    weight += w;
    u += w * offsetX[q];
    v += w * offsetY[q];
  }
  into.exemplar = layout.exemplar[nearest];
  into.u = u / weight + x / width;
  into.v = v / weight + y / height;
}

/** Weight of a neighbour by its squared distance, up to two pixels each way. */
const NEARNESS = Array.from({ length: 9 }, (_, squared) => Math.exp(-squared / 4));

/** Small steps between neighbouring places (another zoom, another shift of the same artwork) become slopes: a line bends instead of breaking. */
function smoothPlaces(layout: Layout): void {
  const { width, height } = layout;
  for (let pass = 0; pass < 3; pass++) {
    const x = layout.offsetX.slice();
    const y = layout.offsetY.slice();
    for (let p = 0; p < width * height; p++) {
      const px = p % width;
      const py = Math.floor(p / width);
      let weight = 0;
      let sx = 0;
      let sy = 0;
      for (let dy = -2; dy <= 2; dy++) {
        for (let dx = -2; dx <= 2; dx++) {
          const qx = px + dx;
          const qy = py + dy;
          if (qx < 0 || qy < 0 || qx >= width || qy >= height) continue;
          const q = qy * width + qx;
          if (!alike(layout, p, q)) continue;
          const w = NEARNESS[dx * dx + dy * dy];
          weight += w;
          sx += w * layout.offsetX[q];
          sy += w * layout.offsetY[q];
        }
      }
      x[p] = sx / weight;
      y[p] = sy / weight;
    }
    layout.offsetX = x;
    layout.offsetY = y;
  }
}

/** The composition: a diffusion at 32 pixels whose score is computed from views of the artworks in `level`. */
export async function makeLayout(level: Level, options: LayoutOptions, memory: Memory, pool: Pool): Promise<Layout> {
  const { width, height, creativity, seed, scores, schedule } = options;
  const { exemplars, images } = level;
  const count = images.length * ZOOMS.length * 2;
  const padded = (width + 2 * SHIFT) * (height + 2 * SHIFT);
  const sources = memory.f32(count * padded * 3);
  const maps = memory.f32(count * padded * 2);
  const scoreBias = new Float64Array(count);
  const views: ViewSpec[] = [];
  for (let k = 0; k < images.length; k++) {
    const score = scores[images[k]] - SCORE_JITTER * (hash4(seed, 11, images[k], 0) / 4294967296);
    for (let z = 0; z < ZOOMS.length; z++) {
      for (let flip = 0; flip < 2; flip++) {
        scoreBias[views.length] = SCORE_WEIGHT * (1 - score);
        views.push({ exemplar: 2 * k + flip, zoom: ZOOMS[z], seed: hash4(seed, 13, images[k], z * 2 + flip) });
      }
    }
  }
  await pool.run('views', { exemplars, views, width, height, warp: 0.035 * creativity, unrest: 1.1 * creativity, sources, maps }, count);

  const pixels = width * height;
  const groups = Math.min(GROUPS, count);
  const averages: Average = { max: memory.f64(groups * pixels), weight: memory.f64(groups * pixels), sum: memory.f64(groups * pixels * 3), best: memory.i32(groups * pixels) };
  const average = averageOf(averages, 0, pixels);
  const x = memory.f32(pixels * 3);
  startNoise(x, sources, seed);
  const sigmas = geometricSigmas(LAYOUT_STEPS, FIRST_SIGMA, LAST_SIGMA);
  for (let step = 0; step < LAYOUT_STEPS; step++) {
    const sigma = sigmas[step];
    const ratio = sigmas[step + 1] / sigma;
    const radius = windowRadius(sigma, schedule, { width, height }, creativity);
    // The wider the window, the more differences it sums: what the words say must keep its weight.
    const area = (2 * Math.min(radius, width) + 1) * (2 * Math.min(radius, height) + 1);
    const bias = scoreBias.map((b) => b * Math.max(1, area / 12));
    await pool.run('denoise', { noisy: x, sources, count, bias, width, height, sigma, radius, groups, averages }, groups);
    for (let g = 1; g < groups; g++) mergeAverage(average, averageOf(averages, g, pixels));
    const { sum, weight } = average;
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
  const { best } = average;
  const held = memory.u8(pixels);
  await pool.run('seams', { width, height, sources, picture: x, best, held, bias: scoreBias, creativity, exemplars, shows: views.map(({ exemplar }) => exemplar), maps }, 1);
  const layout: Layout = {
    width,
    height,
    rgb: new Float32Array(pixels * 3),
    exemplar: new Int32Array(pixels),
    offsetX: new Float32Array(pixels),
    offsetY: new Float32Array(pixels),
    held,
    guests: [],
  };
  const stride = width + 2 * SHIFT;
  for (let p = 0; p < pixels; p++) {
    const source = Math.floor(best[p] / 25);
    const shift = best[p] % 25;
    const place = source * padded + (Math.floor(p / width) + Math.floor(shift / 5)) * stride + (p % width) + (shift % 5);
    const at = place * 2;
    for (let c = 0; c < 3; c++) layout.rgb[p * 3 + c] = sources[place * 3 + c] * 255;
    // Artwork pixels a layout pixel covers, of the two that it would unstretched; texture drawn out further is better matched anew.
    const { exemplar } = views[source];
    const across = (Math.abs(maps[at + 2] - maps[at]) * exemplars.width[exemplar]) / 2;
    const down = (Math.abs(maps[at + stride * 2 + 1] - maps[at + 1]) * exemplars.height[exemplar]) / 2;
    if (Math.min(across, down) < LEAST_SCALE) held[p] = 0;
    layout.exemplar[p] = views[source].exemplar;
    layout.offsetX[p] = maps[at] - ((p % width) + 0.5) / width;
    layout.offsetY[p] = maps[at + 1] - (Math.floor(p / width) + 0.5) / height;
  }
  smoothPlaces(layout);
  return layout;
}

/** Noise around the artworks' mean colour. */
function startNoise(x: Float32Array, sources: Float32Array, seed: number): void {
  const mean = [0, 1, 2].map((c) => {
    let sum = 0;
    for (let i = c; i < sources.length; i += 3) sum += sources[i] / (sources.length / 3);
    return sum;
  });
  const normal = normals(mulberry32(hash4(seed, 17, 0, 0)));
  for (let i = 0; i < x.length; i++) x[i] = mean[i % 3] + FIRST_SIGMA * normal();
}
