import { SHIFT } from './denoise.ts';
import { PAD, type Exemplars } from './patchmatch.ts';
import { bilinear } from './raster.ts';
import { mulberry32 } from './rng.ts';

/** A small artwork as it lies in padded exemplar memory. */
export interface Thumbnail {
  pixels: Uint8Array;
  base: number;
  width: number;
  height: number;
}

export interface ViewOptions {
  width: number;
  height: number;
  zoom: number;
  /** Amplitude of the smooth warp, share of the side. */
  warp: number;
  /** How much quiet places grow and shrink. */
  unrest: number;
  random: () => number;
}

/** Gradient energy of each column and row, smoothed: where an axis can be stretched unseen. */
export function axisEnergy(thumbnail: Thumbnail): { columns: Float64Array; rows: Float64Array } {
  const { pixels, base, width, height } = thumbnail;
  const stride = (width + 2 * PAD) * 3;
  const columns = new Float64Array(width);
  const rows = new Float64Array(height);
  // An eighth-power mean, nearly the largest: a small thing (a moon, an eye) protects its rows though most of the row is sky.
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = base + (y + PAD) * stride + (x + PAD) * 3;
      let across = 0;
      let down = 0;
      for (let c = 0; c < 3; c++) {
        across += Math.abs(pixels[i + 3 + c] - pixels[i - 3 + c]);
        down += Math.abs(pixels[i + stride + c] - pixels[i - stride + c]);
      }
      // The eighth power.
      columns[x] += (across * across * (across * across)) ** 2 / height;
      rows[y] += (down * down * (down * down)) ** 2 / width;
    }
  }
  const smooth = (from: Float64Array) =>
    from.map((_, i) => {
      let sum = 0;
      let weight = 0;
      for (let k = -3; k <= 3; k++) {
        if (i + k < 0 || i + k >= from.length) continue;
        const w = Math.exp(-(k * k) / 6);
        sum += w * from[i + k] ** 0.125;
        weight += w;
      }
      return sum / weight;
    });
  return { columns: smooth(columns), rows: smooth(rows) };
}

/**
 * A monotone map of t in 0..1 onto the crop [from, from+share] of an axis, stretched by `stretch` in all. Places full of detail keep their size;
 * quiet ones take up the stretch and, by `unrest`, grow and shrink at random, so that things stand elsewhere without changing shape.
 * Returned as a table of 257 values.
 */
export function stretchTable(energy: Float64Array, from: number, share: number, stretch: number, unrest: number, random: () => number): Float64Array {
  const steps = 256;
  const mean = energy.reduce((a, b) => a + b, 0) / energy.length || 1;
  const waves = Array.from({ length: 3 }, (_, k) => ({ frequency: (k + 0.5 + random()) * 2 * Math.PI, phase: random() * 2 * Math.PI, size: (0.4 + random()) / (k + 1) }));
  const rigid = new Float64Array(steps);
  const loose = new Float64Array(steps);
  let rigidSum = 0;
  let looseSum = 0;
  for (let i = 0; i < steps; i++) {
    const t = (i + 0.5) / steps;
    const x = from + share * t;
    const detail = energy[Math.min(energy.length - 1, Math.floor(x * energy.length))] / mean;
    const edge = Math.max(0, Math.min(1, (detail - 0.2) / 0.45));
    const quiet = 1 - 0.97 * edge * edge * (3 - 2 * edge);
    const wave = waves.reduce((sum, w) => sum + w.size * Math.sin(w.frequency * t + w.phase), 0);
    rigid[i] = 1 - quiet;
    loose[i] = quiet * Math.exp(unrest * wave);
    rigidSum += rigid[i];
    looseSum += loose[i];
  }
  // What is rigid keeps weight 1; the loose rest is scaled so that all add up to the stretch, but neither squeezed away nor smeared: what is
  // still missing then falls on all alike.
  const gain = Math.max(0.25, Math.min(4, (stretch * steps - rigidSum) / (looseSum || 1)));
  const cumulative = new Float64Array(steps + 1);
  for (let i = 0; i < steps; i++) cumulative[i + 1] = cumulative[i] + rigid[i] + gain * loose[i];
  const total = cumulative[steps];
  const table = new Float64Array(steps + 1);
  let k = 0;
  for (let i = 0; i <= steps; i++) {
    const want = (total * i) / steps;
    while (k < steps - 1 && cumulative[k + 1] < want) k++;
    const inside = (want - cumulative[k]) / (cumulative[k + 1] - cumulative[k]);
    table[i] = from + (share * (k + Math.min(1, inside))) / steps;
  }
  return table;
}

function lookUp(table: Float64Array, t: number): number {
  const clamped = Math.max(0, Math.min(1, t)) * (table.length - 1);
  const i = Math.min(table.length - 2, Math.floor(clamped));
  return table[i] + (table[i + 1] - table[i]) * (clamped - i);
}

/**
 * One look at an artwork in the shape of the output: cropped, stretched where it is quiet, zoomed and gently warped. Fills `source` (padded RGB,
 * 0..1) and `map` (padded, two numbers a pixel: the place in the artwork, shares of its sides).
 */
export function buildView(thumbnail: Thumbnail, options: ViewOptions, source: Float32Array, map: Float32Array): void {
  const { width, height, zoom, warp, unrest, random } = options;
  const ratio = width / height / (thumbnail.width / thumbnail.height);
  let shareX = 1 / zoom;
  let shareY = 1 / zoom;
  let stretchX = 1;
  let stretchY = 1;
  if (ratio > 1) {
    shareY *= ratio ** -0.35;
    stretchX = ratio ** 0.65;
  } else {
    shareX *= ratio ** 0.35;
    stretchY = ratio ** -0.65;
  }
  const energy = axisEnergy(thumbnail);
  const tableX = stretchTable(energy.columns, random() * (1 - shareX), shareX, stretchX, unrest, random);
  const tableY = stretchTable(energy.rows, random() * (1 - shareY), shareY, stretchY, unrest, random);
  const wave = () => ({ fx: 0.5 + random(), fy: 0.5 + random(), phase: random() * 2 * Math.PI, size: 0.5 + 0.5 * random() });
  const waveX = wave();
  const waveY = wave();
  const bend = (w: typeof waveX, x: number, y: number) => warp * w.size * Math.sin(2 * Math.PI * (w.fx * x + w.fy * y) + w.phase);
  const padded = width + 2 * SHIFT;
  const stride = (thumbnail.width + 2 * PAD) * 3;
  const first = thumbnail.base + PAD * stride + PAD * 3;
  const colour = new Float64Array(3);
  for (let y = 0; y < height + 2 * SHIFT; y++) {
    for (let x = 0; x < padded; x++) {
      const at = y * padded + x;
      for (let c = 0; c < 3; c++) source[at * 3 + c] = 0;
      // The place in the middle, and the colour from four around it.
      for (let k = -1; k < 4; k++) {
        const tx = Math.max(0, Math.min(1, (x - SHIFT + (k < 0 ? 0.5 : k & 1 ? 0.75 : 0.25)) / width));
        const ty = Math.max(0, Math.min(1, (y - SHIFT + (k < 0 ? 0.5 : k & 2 ? 0.75 : 0.25)) / height));
        const u = lookUp(tableX, tx + bend(waveX, tx, ty));
        const v = lookUp(tableY, ty + bend(waveY, tx, ty));
        if (k < 0) {
          map[at * 2] = u;
          map[at * 2 + 1] = v;
          continue;
        }
        bilinear(thumbnail.pixels, first, stride, thumbnail.width, thumbnail.height, u * thumbnail.width, v * thumbnail.height, colour);
        for (let c = 0; c < 3; c++) source[at * 3 + c] += colour[c] / 1020;
      }
    }
  }
}

/** Which artwork a view shows, how near, and the seed of its chances. */
export interface ViewSpec {
  exemplar: number;
  zoom: number;
  seed: number;
}
/** All views of a composition; one task a view. */
export interface ViewsArgs {
  exemplars: Exemplars;
  views: ViewSpec[];
  width: number;
  height: number;
  warp: number;
  unrest: number;
  /** Padded views and maps one after another. */
  sources: Float32Array;
  maps: Float32Array;
}
export function viewOf({ exemplars, views, width, height, warp, unrest, sources, maps }: ViewsArgs, task: number): void {
  const { exemplar: e, zoom, seed } = views[task];
  const thumbnail = { pixels: exemplars.pixels, base: exemplars.base[e], width: exemplars.width[e], height: exemplars.height[e] };
  const padded = (width + 2 * SHIFT) * (height + 2 * SHIFT);
  const source = sources.subarray(task * padded * 3, (task + 1) * padded * 3);
  buildView(thumbnail, { width, height, zoom, warp, unrest, random: mulberry32(seed) }, source, maps.subarray(task * padded * 2, (task + 1) * padded * 2));
}
