import { layAcross, NEVER, type Laid } from './overlay.ts';
import type { Small } from './telling.ts';

/** A picture at 32 pixels and, per pixel, how much of what its words mean is there (0..1) and what of it must stay whole (1). */
export interface Shown extends Small {
  telling: Float32Array;
  core: Uint8Array;
}

const sum = (values: ArrayLike<number>): number => {
  let all = 0;
  for (let i = 0; i < values.length; i++) all += values[i];
  return all;
};

/** How a guest comes: as foreground, all below a line, or as background, all above one. */
export type Manner = 'before' | 'behind';
export const MANNERS: readonly Manner[] = ['before', 'behind'];

/** Where a guest stands: its artwork's pixel (x, y) is at (x + left, y + top) of the picture, pixels of a short side of 32. */
export interface Seat {
  left: number;
  top: number;
  manner: Manner;
  laid: Laid;
  /** What is seen of what tells the guest's words, and of what tells the scene's beside what it shows alone, 0..1. */
  guestShown: number;
  sceneShown: number;
}

/** What it costs not to show what tells a word, and to show any of the guest. */
const LOSS = 0.2;
const AREA = 0.0006;
/** Of nothing all is there. */
const share = (part: number, all: number) => (all > 0 ? part / all : 1);

/** The guest laid over the scene at a place, the border as cheap as can be; undefined where the two cores are in each other's way. */
export function seatAt(scene: Shown, guest: Shown, left: number, top: number, manner: Manner): Seat | undefined {
  const { width, height } = scene;
  const pixels = width * height;
  const showAbove = new Float64Array(pixels).fill(NEVER);
  const showBelow = new Float64Array(pixels);
  const above = new Float32Array(pixels * 3);
  let core = 0;
  for (let q = 0; q < guest.core.length; q++) core += guest.core[q];
  for (let p = 0; p < pixels; p++) {
    const x = (p % width) - left;
    const y = Math.floor(p / width) - top;
    const u = Math.max(0, Math.min(guest.width - 1, x));
    const v = Math.max(0, Math.min(guest.height - 1, y));
    const q = v * guest.width + u;
    // Beyond its edges the guest's picture is thought to go on, lest they pass for contours.
    for (let c = 0; c < 3; c++) above[p * 3 + c] = guest.rgb[q * 3 + c];
    if (u !== x || v !== y) continue;
    if (guest.core[q] === 1 && scene.core[p] === 1) return undefined;
    core -= guest.core[q];
    showAbove[p] = scene.core[p] === 1 ? NEVER : LOSS * scene.telling[p] + AREA;
    showBelow[p] = guest.core[q] === 1 ? NEVER : LOSS * guest.telling[q];
  }
  // Nothing of what must be whole is cut off by the frame.
  if (core > 0) return undefined;
  const overlay = { width, height, below: scene.rgb, above, showAbove, showBelow, front: manner === 'behind' ? ('below' as const) : ('above' as const) };
  const laid = layAcross(overlay);
  if (laid.cost >= NEVER) return undefined;
  let guestShown = 0;
  let sceneShown = 0;
  for (let p = 0; p < pixels; p++) {
    if (laid.side[p] === 1) guestShown += guest.telling[(Math.floor(p / width) - top) * guest.width + (p % width) - left];
    else sceneShown += scene.telling[p];
  }
  return { left, top, manner, laid, guestShown: share(guestShown, sum(guest.telling)), sceneShown: share(sceneShown, sum(scene.telling)) };
}

/** Most that a pixel of border may cost on average, and all of it; how much of it must be hidden, and how much of either subject seen. */
const FAIR = { mean: 0.14, all: 8, hidden: 0.85, guest: 0.6, scene: 0.75 };
/** Whether a guest is worth having there: nobody sees how it came in, and both subjects are seen. */
export function isFair({ laid, guestShown, sceneShown }: Seat): boolean {
  return laid.length > 0 && laid.border <= Math.min(FAIR.all, FAIR.mean * laid.length) && laid.hidden >= FAIR.hidden && guestShown >= FAIR.guest && sceneShown >= FAIR.scene;
}

/** The scene as it looks with its guest. */
export function seated({ rgb, width }: Shown, guest: Shown, { left, top, laid }: Seat): Float32Array {
  const out = Float32Array.from(rgb);
  for (let p = 0; p < laid.side.length; p++) {
    if (laid.side[p] === 0) continue;
    const q = (Math.floor(p / width) - top) * guest.width + (p % width) - left;
    for (let c = 0; c < 3; c++) out[p * 3 + c] = guest.rgb[q * 3 + c];
  }
  return out;
}

/** Seen in a mirror. */
export function mirroredShown({ rgb, width, height, telling, core }: Shown): Shown {
  const flipped: Shown = { rgb: new Float32Array(rgb.length), width, height, telling: new Float32Array(telling.length), core: new Uint8Array(core.length) };
  for (let p = 0; p < width * height; p++) {
    const q = p - (p % width) + width - 1 - (p % width);
    for (let c = 0; c < 3; c++) flipped.rgb[p * 3 + c] = rgb[q * 3 + c];
    flipped.telling[p] = telling[q];
    flipped.core[p] = core[q];
  }
  return flipped;
}
