/**
 * Two pictures in one, this side of a line from the left edge to the right and beyond it, so that the line is one the eye takes for granted: where both
 * look alike, or along a contour that the one in front has there anyway, since what is in front hides what is behind (seams along edges are cheap in
 * Kwatra et al., Graphcut textures, SIGGRAPH 2003, for the same reason). A shore, a ridge, roofs and a sail before the sky are such lines.
 */
export interface Overlay {
  width: number;
  height: number;
  /** Interleaved RGB, 0..255: what is there, and what may be laid over it, in place. */
  below: ArrayLike<number>;
  above: ArrayLike<number>;
  /** Per pixel what it costs to show either; NEVER where it cannot be. */
  showBelow: Float64Array;
  showAbove: Float64Array;
  /** Which of them is in front, whose contours hide the border. */
  front: 'above' | 'below';
}
export const NEVER = 1e6;

/** A jump half as visible as any can be. */
const VISIBLE = 0.05;
/** What a border along a contour costs of what a bare one does, and what any does. */
const CONTOUR = 0.06;
const LENGTH = 0.012;

/** Difference of two colours, 0..1. */
function apart(a: ArrayLike<number>, p: number, b: ArrayLike<number>, q: number): number {
  const red = a[p * 3] - b[q * 3];
  const green = a[p * 3 + 1] - b[q * 3 + 1];
  const blue = a[p * 3 + 2] - b[q * 3 + 2];
  return Math.sqrt((red * red + green * green + blue * blue) / 3) / 255;
}
const visible = (jump: number) => jump / (jump + VISIBLE);

/** What a border between two pixels costs, four a pixel (right, left, down, up), when the pixel shows what is below and the neighbour what is above. */
interface Borders {
  costs: Float64Array;
  /** 1 where nobody would see that there is one. */
  hidden: Uint8Array;
}

/** A jump as small as this is none. */
const NO_JUMP = 0.025;
/** A contour is at least as strong as this, and so many times as strong as differences usually are in its picture: hatching and waves are no contours. */
const CONTOUR_LEAST = 0.05;
const CONTOUR_RATIO = 2;

/** Per pixel how much it differs from the one two steps on: contours are two pixels wide. */
function differences(rgb: ArrayLike<number>, width: number, height: number, dx: number, dy: number): Float32Array {
  return Float32Array.from({ length: width * height }, (_, p) => {
    const x = Math.max(0, Math.min(width - 1, (p % width) + 2 * dx));
    const y = Math.max(0, Math.min(height - 1, Math.floor(p / width) + 2 * dy));
    return apart(rgb, p, rgb, y * width + x);
  });
}

function bordersOf({ below, above, width, height, front }: Overlay): Borders {
  const pixels = width * height;
  const costs = new Float64Array(pixels * 4);
  const hidden = new Uint8Array(pixels * 4);
  const rgb = front === 'above' ? above : below;
  const contours = [differences(rgb, width, height, 1, 0), differences(rgb, width, height, -1, 0), differences(rgb, width, height, 0, 1), differences(rgb, width, height, 0, -1)];
  const usual = (contours[0].reduce((a, b) => a + b, 0) + contours[2].reduce((a, b) => a + b, 0)) / (2 * pixels);
  const strong = Math.max(CONTOUR_LEAST, CONTOUR_RATIO * usual);
  const steps = [1, -1, width, -width];
  for (let p = 0; p < pixels; p++) {
    const x = p % width;
    const y = Math.floor(p / width);
    for (let d = 0; d < 4; d++) {
      if ((d === 0 && x === width - 1) || (d === 1 && x === 0) || (d === 2 && y === height - 1) || (d === 3 && y === 0)) continue;
      const q = p + steps[d];
      const jump = apart(above, q, below, p);
      // Of what is in front, from its own side of the border outwards: q is the piece's, p what is there.
      const edge = front === 'above' ? contours[d ^ 1][q] : contours[d][p];
      const bare = Math.max(0, jump - edge);
      costs[p * 4 + d] = visible(bare) + CONTOUR * visible(Math.min(jump, edge)) + LENGTH;
      hidden[p * 4 + d] = jump <= NO_JUMP || (edge >= strong && bare <= 0.3 * edge) ? 1 : 0;
    }
  }
  return { costs, hidden };
}

export interface Laid {
  /** 1 where what is above shows. */
  side: Uint8Array;
  /** All that it costs; of that the border, and how long it is. */
  cost: number;
  border: number;
  length: number;
  /** Share of the border that nobody would see, 0..1. */
  hidden: number;
}

/** What a division costs. */
export function costOf(overlay: Overlay, side: Uint8Array, { costs, hidden }: Borders = bordersOf(overlay)): Laid {
  const { width, height, showBelow, showAbove } = overlay;
  let cost = 0;
  let border = 0;
  let length = 0;
  let unseen = 0;
  for (let p = 0; p < side.length; p++) {
    cost += side[p] === 1 ? showAbove[p] : showBelow[p];
    if (side[p] === 1) continue;
    const x = p % width;
    const y = Math.floor(p / width);
    for (const [d, q, there] of [[0, p + 1, x < width - 1], [1, p - 1, x > 0], [2, p + width, y < height - 1], [3, p - width, y > 0]] as const) {
      if (!there || side[q] === 0) continue;
      border += costs[p * 4 + d];
      unseen += hidden[p * 4 + d];
      length++;
    }
  }
  return { side, cost: cost + border, border, length, hidden: unseen / (length || 1) };
}

/** Steps of the line cost this a pixel. */
export const STEEP = 0.05;

/** The cheapest line. What is in front shows below it. */
export function layAcross(overlay: Overlay): Laid {
  const { width, height, showBelow, showAbove } = overlay;
  const rising = overlay.front === 'below';
  const borders = bordersOf(overlay);
  const { costs } = borders;
  // Rows are counted from the side where what is below shows.
  const at = (x: number, row: number) => (rising ? height - 1 - row : row) * width + x;
  const towards = rising ? 3 : 2;
  const best = new Float64Array(width * (height + 1));
  const from = new Int32Array(width * (height + 1));
  for (let x = 0; x < width; x++) {
    const own = new Float64Array(height + 1);
    for (let y = 0; y < height; y++) own[0] += showAbove[at(x, y)];
    for (let h = 1; h <= height; h++) own[h] = own[h - 1] - showAbove[at(x, h - 1)] + showBelow[at(x, h - 1)];
    for (let h = 1; h < height; h++) own[h] += costs[at(x, h - 1) * 4 + towards];
    for (let h = 0; h <= height; h++) {
      if (x === 0) {
        best[h] = own[h];
        continue;
      }
      let least = best[(x - 1) * (height + 1) + h];
      from[x * (height + 1) + h] = h;
      // The line comes up to here: what lies between shows the piece on the left and not on the right; and the other way round.
      let steps = 0;
      for (let before = h - 1; before >= 0; before--) {
        steps += costs[at(x, before) * 4 + 1] + STEEP;
        const cost = best[(x - 1) * (height + 1) + before] + steps;
        if (cost < least) {
          least = cost;
          from[x * (height + 1) + h] = before;
        }
      }
      steps = 0;
      for (let before = h + 1; before <= height; before++) {
        steps += costs[at(x - 1, before - 1) * 4] + STEEP;
        const cost = best[(x - 1) * (height + 1) + before] + steps;
        if (cost < least) {
          least = cost;
          from[x * (height + 1) + h] = before;
        }
      }
      best[x * (height + 1) + h] = least + own[h];
    }
  }
  let h = 0;
  for (let k = 1; k <= height; k++) if (best[(width - 1) * (height + 1) + k] < best[(width - 1) * (height + 1) + h]) h = k;
  const side = new Uint8Array(width * height);
  for (let x = width - 1; x >= 0; x--) {
    for (let y = h; y < height; y++) side[at(x, y)] = 1;
    h = from[x * (height + 1) + h];
  }
  return costOf(overlay, side, borders);
}
