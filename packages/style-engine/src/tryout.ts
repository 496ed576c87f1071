import { isFair, MANNERS, seatAt, type Manner, type Shown } from './guest.ts';

/** One task a guest as it is and one mirrored: places tried. */
export interface TryoutArgs {
  scene: Shown;
  guests: readonly Shown[];
  /** Per guest its best places, FIELDS numbers each: cost, left, top, manner; infinitely dear where there is none. */
  found: Float64Array;
}
export const PLACES = 6;
export const FIELDS = 4;
/** Places of a coarse search that are looked at closely, for each manner. */
const CLOSER = 12;
/** How far from its own height in the picture a guest may stand, in shares of the short side: a sun does not stand on the ground. */
const RISE: Record<Manner, number> = { before: 0.25, behind: 0.4 };

/** A picture at half its size. */
function halved({ rgb, width, height, telling, core }: Shown): Shown {
  const w = width >> 1;
  const h = height >> 1;
  const half: Shown = { rgb: new Float32Array(w * h * 3), width: w, height: h, telling: new Float32Array(w * h), core: new Uint8Array(w * h) };
  for (let p = 0; p < w * h; p++) {
    let cores = 0;
    for (let k = 0; k < 4; k++) {
      const q = (Math.floor(p / w) * 2 + (k >> 1)) * width + (p % w) * 2 + (k & 1);
      for (let c = 0; c < 3; c++) half.rgb[p * 3 + c] += rgb[q * 3 + c] / 4;
      half.telling[p] += telling[q] / 4;
      cores += core[q];
    }
    half.core[p] = cores >= 2 ? 1 : 0;
  }
  return half;
}

/** The middle of a core's rows; undefined if there is none. */
function middleOf({ core, width }: Shown): number | undefined {
  const rows = [...core.keys()].filter((p) => core[p] === 1).map((p) => Math.floor(p / width));
  return rows.length === 0 ? undefined : rows.reduce((a, b) => a + b) / rows.length;
}

/** Places where a guest might stand, all of them tried. */
function coarsePlaces(scene: Shown, guest: Shown, manner: Manner): { cost: number; left: number; top: number }[] {
  const middle = middleOf(guest);
  if (middle === undefined) return [];
  const natural = Math.round(((middle + 0.5) / guest.height) * scene.height - middle - 0.5);
  const rise = Math.ceil(RISE[manner] * Math.min(scene.width, scene.height));
  const spare = scene.width - guest.width;
  const tried: { cost: number; left: number; top: number }[] = [];
  for (let top = natural - rise; top <= natural + rise; top++) {
    // All below a line, or above one, is the guest's: it must reach that far.
    if ((manner === 'before' && top + guest.height < scene.height) || (manner === 'behind' && top > 0)) continue;
    for (let left = Math.min(0, spare); left <= Math.max(0, spare); left++) {
      const seat = seatAt(scene, guest, left, top, manner);
      if (seat !== undefined) tried.push({ cost: seat.laid.cost, left, top });
    }
  }
  return tried.sort((a, b) => a.cost - b.cost || a.top - b.top || a.left - b.left);
}

/** Tries places at half the size, then the best of them as they are; keeps those that are fair. */
export function tryOut({ scene, guests, found }: TryoutArgs, task: number): void {
  const guest = guests[task];
  const coarse = { scene: halved(scene), guest: halved(guest) };
  const fair: number[][] = [];
  for (const [m, manner] of MANNERS.entries()) {
    for (const { left, top } of coarsePlaces(coarse.scene, coarse.guest, manner).slice(0, CLOSER)) {
      const seat = seatAt(scene, guest, 2 * left, 2 * top, manner);
      if (seat !== undefined && isFair(seat)) fair.push([seat.laid.cost, 2 * left, 2 * top, m]);
    }
  }
  fair.sort((a, b) => a[0] - b[0] || a[3] - b[3] || a[2] - b[2] || a[1] - b[1]);
  const own = found.subarray(task * PLACES * FIELDS, (task + 1) * PLACES * FIELDS);
  own.fill(Number.POSITIVE_INFINITY);
  fair.slice(0, PLACES).forEach((values, k) => own.set(values, k * FIELDS));
}
