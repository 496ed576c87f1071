import type { Guest } from './layout.ts';
import { layAcross, NEVER } from './overlay.ts';
import { columnOf, exemplarOf, packPosition, PAD, rowOf, type Exemplars } from './patchmatch.ts';

/** The short side at which a guest takes its place: a contour is a contour by then. */
export const SEATING = 128;
/** Layout pixels each way within which the contour is looked for anew. */
const BAND = 1;

/** A canvas whose field is laid out, and who is to be seated on it. */
export interface SeatArgs {
  width: number;
  height: number;
  /** Padded by PAD. */
  target: Uint8Array;
  field: Int32Array;
  held: Uint8Array;
  exemplars: Exemplars;
  layout: { width: number; height: number };
  guest: Guest;
}

const clamp = (value: number, high: number) => Math.max(0, Math.min(high, value));

/** Whether a layout pixel and all around it are (or are not) the guest's. */
function settled({ seen }: Guest, { width, height }: { width: number; height: number }, cell: number): boolean {
  const x = cell % width;
  const y = Math.floor(cell / width);
  for (let v = Math.max(0, y - BAND); v <= Math.min(height - 1, y + BAND); v++) {
    for (let u = Math.max(0, x - BAND); u <= Math.min(width - 1, x + BAND); u++) if (seen[v * width + u] !== seen[cell]) return false;
  }
  return true;
}

/** Finds the guest's contour at this level's precision and gives it its pixels. */
export function seatGuest({ width, height, target, field, held, exemplars, layout, guest }: SeatArgs): void {
  const { exemplar: e, seen, whole } = guest;
  const scale = width / layout.width;
  const left = Math.round(guest.left * scale);
  const top = Math.round(guest.top * scale);
  const pixels = width * height;
  const below = new Uint8Array(pixels * 3);
  const above = new Uint8Array(pixels * 3);
  const showBelow = new Float64Array(pixels);
  const showAbove = new Float64Array(pixels);
  const colour = (exemplar: number, u: number, v: number, into: Uint8Array, p: number) => {
    const at = exemplars.base[exemplar] + ((v + PAD) * (exemplars.width[exemplar] + 2 * PAD) + u + PAD) * 3;
    for (let c = 0; c < 3; c++) into[p * 3 + c] = exemplars.pixels[at + c];
  };
  for (let p = 0; p < pixels; p++) {
    const cell = Math.floor((Math.floor(p / width) * layout.height) / height) * layout.width + Math.floor(((p % width) * layout.width) / width);
    colour(exemplarOf(field[p]), columnOf(field[p]), rowOf(field[p]), below, p);
    const u = (p % width) - left;
    const v = Math.floor(p / width) - top;
    const outside = u < 0 || v < 0 || u >= exemplars.width[e] || v >= exemplars.height[e];
    colour(e, clamp(u, exemplars.width[e] - 1), clamp(v, exemplars.height[e] - 1), above, p);
    const sure = whole[cell] !== 0 || settled(guest, layout, cell);
    if (outside || (sure && seen[cell] === 0)) showAbove[p] = NEVER;
    else if (sure) showBelow[p] = NEVER;
  }
  const { side } = layAcross({ width, height, below, above, showBelow, showAbove, front: guest.front ? 'above' : 'below' });
  const stride = (width + 2 * PAD) * 3;
  for (let p = 0; p < pixels; p++) {
    if (side[p] === 0) continue;
    const x = p % width;
    const y = Math.floor(p / width);
    field[p] = packPosition(e, x - left, y - top);
    held[p] = 1;
    for (let c = 0; c < 3; c++) target[(y + PAD) * stride + (x + PAD) * 3 + c] = above[p * 3 + c];
  }
}
