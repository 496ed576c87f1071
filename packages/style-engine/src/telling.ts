/**
 * What of an artwork a word means. Artworks that have the word and artworks that do not are compared window by window: what looks like nothing in those
 * that lack it tells the word (as in Doersch et al., «What makes Paris look like Paris?», SIGGRAPH 2012). Patterns of light and dark are compared,
 * not colours, so that a palette tells nothing.
 */

/** Interleaved RGB, 0..255, short side 32. */
export interface Small {
  rgb: Float32Array;
  width: number;
  height: number;
}

/** Side of a window, and of the cells it is seen in. */
const WINDOW = 8;
const CELL = 2;
const CELLS = (WINDOW / CELL) ** 2;
/** Windows with less light and dark than this (standard deviation × 4) show nothing. */
const FLOOR = 56;
/** Windows are taken at every other pixel each way. */
const STEP = 2;

interface Windows {
  values: Float32Array;
  /** Squared length of each. */
  squares: Float32Array;
  across: number;
  down: number;
}

/** Light and dark of every window, mean 0; length 1, less for what shows little. */
function windowsOf({ rgb, width, height }: Small): Windows {
  const light = Float32Array.from({ length: width * height }, (_, p) => (rgb[p * 3] + rgb[p * 3 + 1] + rgb[p * 3 + 2]) / 3);
  const across = Math.max(0, Math.floor((width - WINDOW) / STEP) + 1);
  const down = Math.max(0, Math.floor((height - WINDOW) / STEP) + 1);
  const values = new Float32Array(across * down * CELLS);
  const lengths = new Float32Array(across * down);
  for (let j = 0; j < down; j++) {
    for (let i = 0; i < across; i++) {
      const at = (j * across + i) * CELLS;
      let sum = 0;
      for (let c = 0; c < CELLS; c++) {
        const p = (j * STEP + Math.floor((c * CELL) / WINDOW) * CELL) * width + i * STEP + (c % (WINDOW / CELL)) * CELL;
        values[at + c] = (light[p] + light[p + 1] + light[p + width] + light[p + width + 1]) / 4;
        sum += values[at + c];
      }
      let squares = 0;
      for (let c = 0; c < CELLS; c++) {
        values[at + c] -= sum / CELLS;
        squares += values[at + c] ** 2;
      }
      const length = Math.max(FLOOR, Math.sqrt(squares));
      lengths[j * across + i] = squares / length ** 2;
      for (let c = 0; c < CELLS; c++) values[at + c] /= length;
    }
  }
  return { values, squares: lengths, across, down };
}

/** Squared distance from one window to the nearest of others, or of their negatives, if it is less than `least`. */
function nearest(values: Float32Array, at: number, length: number, others: Windows, least: number): number {
  const { values: theirs, squares } = others;
  for (let o = 0, w = 0; o < theirs.length; o += CELLS, w++) {
    let product = 0;
    for (let c = 0; c < CELLS; c++) product += values[at + c] * theirs[o + c];
    // A red sun on pale paper is dark, a moon at night is light: both are discs.
    const distance = length + squares[w] - 2 * Math.abs(product);
    if (distance < least) least = distance;
  }
  return least;
}

/** Windows seen in a mirror. */
function mirrored(values: Float32Array): Float32Array {
  const side = WINDOW / CELL;
  return values.map((_, k) => values[k - (k % side) + side - 1 - (k % side)]);
}

/** How telling each pixel of an artwork is, 0..1: how far its windows are from all windows of the artworks without the word. */
export function tellingOf(own: Small, without: readonly Small[]): Float32Array {
  const { values, squares, across, down } = windowsOf(own);
  const flipped = mirrored(values);
  const others = without.map((small) => windowsOf(small));
  const sum = new Float32Array(own.width * own.height);
  const weight = new Float32Array(own.width * own.height);
  for (let w = 0; w < across * down; w++) {
    let least = 4;
    for (const other of others) {
      least = nearest(values, w * CELLS, squares[w], other, least);
      least = nearest(flipped, w * CELLS, squares[w], other, least);
    }
    const told = Math.sqrt(Math.max(0, least));
    const left = (w % across) * STEP;
    const top = Math.floor(w / across) * STEP;
    for (let y = 0; y < WINDOW; y++) {
      for (let x = 0; x < WINDOW; x++) {
        const p = (top + y) * own.width + left + x;
        const near = Math.exp(-((x - 3.5) ** 2 + (y - 3.5) ** 2) / 12);
        sum[p] += near * told;
        weight[p] += near;
      }
    }
  }
  return sum.map((value, p) => (weight[p] > 0 ? Math.min(1, value / weight[p]) : 0));
}

/** Beside a pixel, how far away what it stands before is looked for, pixels. */
const BESIDE = { from: 5, to: 10 };
/** How much a pixel differs from what is beside it on both sides, 0..1: sky does not, nor does a far ridge; a boat does. */
export function prominenceOf({ rgb, width, height }: Small): Float32Array {
  const out = new Float32Array(width * height);
  const differs = (x: number, y: number, direction: number, into: Float64Array): boolean => {
    into.fill(0);
    let count = 0;
    for (let k = BESIDE.from; k <= BESIDE.to; k++) {
      const u = x + direction * k;
      if (u < 0 || u >= width) continue;
      for (let c = 0; c < 3; c++) into[c] += rgb[(y * width + u) * 3 + c];
      count++;
    }
    for (let c = 0; c < 3; c++) into[c] = rgb[(y * width + x) * 3 + c] - into[c] / count;
    return count >= 2;
  };
  const left = new Float64Array(3);
  const right = new Float64Array(3);
  for (let p = 0; p < out.length; p++) {
    const x = p % width;
    const y = Math.floor(p / width);
    const both = [differs(x, y, -1, left), differs(x, y, 1, right)];
    if (both.includes(false)) continue;
    const l = Math.hypot(...left);
    const r = Math.hypot(...right);
    // What is between two other things differs from them, but not both the same way from what is behind it.
    const agree = left[0] * right[0] + left[1] * right[1] + left[2] * right[2];
    if (agree > 0.4 * l * r) out[p] = Math.min(l, r) / Math.sqrt(3) / 255;
  }
  return out;
}

const CORE = 0.6;
const PROMINENT = 0.06;
/** Parts of a core smaller than this share of its largest are chance. */
const LEAST_PART = 0.3;

/** What must stay whole: what is most telling and stands out. */
export function coreOf(own: Small, telling: Float32Array): Uint8Array {
  const { width, height } = own;
  const most = telling.reduce((a, b) => Math.max(a, b), 0);
  const prominence = prominenceOf(own);
  const core = Uint8Array.from(telling, (value, p) => (value >= CORE * most && prominence[p] >= PROMINENT ? 1 : 0));
  const parts: number[][] = [];
  const seen = new Uint8Array(core.length);
  for (let start = 0; start < core.length; start++) {
    if (core[start] === 0 || seen[start] === 1) continue;
    seen[start] = 1;
    const part = [start];
    for (const p of part) {
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const x = (p % width) + dx;
          const y = Math.floor(p / width) + dy;
          const q = y * width + x;
          if (x < 0 || y < 0 || x >= width || y >= height || core[q] === 0 || seen[q] === 1) continue;
          seen[q] = 1;
          part.push(q);
        }
      }
    }
    parts.push(part);
  }
  const weight = (part: readonly number[]) => part.reduce((sum, p) => sum + telling[p] * prominence[p], 0);
  const largest = Math.max(0, ...parts.map(weight));
  for (const part of parts) if (weight(part) < LEAST_PART * largest) for (const p of part) core[p] = 0;
  return core;
}

/** What of it is above the usual, 0..1. */
export function aboveUsual(telling: Float32Array): Float32Array {
  const most = telling.reduce((a, b) => Math.max(a, b), 0);
  const mean = telling.reduce((a, b) => a + b, 0) / telling.length;
  const usual = mean + 0.35 * (most - mean);
  return telling.map((value) => Math.max(0, Math.min(1, (value - usual) / (most - usual || 1))));
}
