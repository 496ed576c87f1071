import type { Level } from './exemplars.ts';
import { MANNERS, mirroredShown, seatAt, seated, type Shown } from './guest.ts';
import type { Guest, Layout } from './layout.ts';
import type { Memory } from './memory.ts';
import { PAD } from './patchmatch.ts';
import type { Pool } from './pool.ts';
import { bilinear } from './raster.ts';
import { hash4 } from './rng.ts';
import { aboveUsual, coreOf, tellingOf, type Small } from './telling.ts';
import { countRound, type Picture } from './things.ts';
import { FIELDS, PLACES } from './tryout.ts';

/** Every artwork at a short side of 32. */
export function smallsOf({ exemplars, images }: Level): Small[] {
  const { pixels, base } = exemplars;
  return images.map((_, k) => {
    const width = exemplars.width[2 * k] >> 1;
    const height = exemplars.height[2 * k] >> 1;
    const stride = (exemplars.width[2 * k] + 2 * PAD) * 3;
    const rgb = new Float32Array(width * height * 3);
    for (let p = 0; p < width * height; p++) {
      const at = base[2 * k] + (Math.floor(p / width) * 2 + PAD) * stride + ((p % width) * 2 + PAD) * 3;
      for (let c = 0; c < 3; c++) rgb[p * 3 + c] = (pixels[at + c] + pixels[at + 3 + c] + pixels[at + stride + c] + pixels[at + stride + 3 + c]) / 4;
    }
    return { rgb, width, height };
  });
}

/** One task an artwork: what of it tells its words. */
export interface TellArgs {
  smalls: readonly Small[];
  /** The artworks in question and those that lack the words. */
  chosen: readonly number[];
  without: readonly (readonly number[])[];
  /** As many numbers as the largest has pixels, for each. */
  telling: Float32Array;
  core: Uint8Array;
  room: number;
}
export function tellArtwork({ smalls, chosen, without, telling, core, room }: TellArgs, task: number): void {
  const own = smalls[chosen[task]];
  const told = tellingOf(own, without[task].map((n) => smalls[n]));
  telling.set(aboveUsual(told), task * room);
  core.set(coreOf(own, told), task * room);
}

/** Who might come, and what the words mean. */
export interface Invitation {
  /** Artworks of the scene's layout: exemplar pair k of it shows images[k]. */
  images: readonly number[];
  /** Artworks that might be guests. */
  guests: readonly number[];
  /** Artworks without the scene's words, and without those the guest is to bring. */
  sceneWithout: readonly number[];
  guestWithout: readonly number[];
  smalls: readonly Small[];
  seed: number;
}

/** What of these artworks tells their words. */
async function tell(chosen: readonly number[], without: readonly (readonly number[])[], smalls: readonly Small[], memory: Memory, pool: Pick<Pool, 'run'>): Promise<Shown[]> {
  const room = Math.max(...chosen.map((n) => smalls[n].width * smalls[n].height));
  const telling = memory.f32(chosen.length * room);
  const core = memory.u8(chosen.length * room);
  await pool.run('tell', { smalls, chosen, without, telling, core, room }, chosen.length);
  return chosen.map((n, k) => {
    const own = [k * room, k * room + smalls[n].width * smalls[n].height] as const;
    return { ...smalls[n], telling: telling.slice(...own), core: core.slice(...own) };
  });
}

/** A composition, and what of its artworks' words it shows. */
function sceneOf(layout: Layout, images: readonly number[], told: ReadonlyMap<number, Shown>): Shown {
  const { width, height, rgb } = layout;
  const scene: Shown = { rgb, width, height, telling: new Float32Array(width * height), core: new Uint8Array(width * height) };
  for (let p = 0; p < width * height; p++) {
    const e = layout.exemplar[p];
    const artwork = told.get(images[e >> 1]);
    if (artwork === undefined) continue;
    const u = layout.offsetX[p] + ((p % width) + 0.5) / width;
    const v = layout.offsetY[p] + (Math.floor(p / width) + 0.5) / height;
    const x = Math.max(0, Math.min(artwork.width - 1, Math.floor((e % 2 === 1 ? 1 - u : u) * artwork.width)));
    const q = Math.max(0, Math.min(artwork.height - 1, Math.floor(v * artwork.height))) * artwork.width + x;
    scene.telling[p] = artwork.telling[q];
    scene.core[p] = artwork.core[q];
  }
  return scene;
}

/** About as good as the best: chance chooses among these. */
const ALIKE = { ratio: 1.15, more: 0.1 };

/** The guest that fits a composition, the artwork it comes from and how both look; undefined when none fits. */
export async function inviteGuest(layout: Layout, invitation: Invitation, memory: Memory, pool: Pick<Pool, 'run'>): Promise<{ guest: Guest; image: number; picture: Float32Array } | undefined> {
  const { images, guests, smalls, seed } = invitation;
  const shown = [...new Set([...layout.exemplar].map((e) => images[e >> 1]))];
  const told = await tell([...shown, ...guests], [...shown.map(() => invitation.sceneWithout), ...guests.map(() => invitation.guestWithout)], smalls, memory, pool);
  const scene = sceneOf(layout, images, new Map(shown.map((n, k) => [n, told[k]])));
  const candidates = told.slice(shown.length).flatMap((one) => [one, mirroredShown(one)]);
  const found = memory.f64(candidates.length * PLACES * FIELDS);
  await pool.run('tryout', { scene, guests: candidates, found }, candidates.length);
  const places = Array.from({ length: candidates.length * PLACES }, (_, k) => {
    const [cost, left, top, manner] = found.subarray(k * FIELDS, (k + 1) * FIELDS);
    return { g: Math.floor(k / PLACES), cost, left, top, manner };
  }).filter(({ cost }) => cost < Number.POSITIVE_INFINITY);
  if (places.length === 0) return undefined;
  const least = Math.min(...places.map(({ cost }) => cost));
  const good = places.filter(({ cost }) => cost <= ALIKE.ratio * least + ALIKE.more);
  const { g, left, top, manner } = good[hash4(seed, 31, 0, 0) % good.length];
  const one = candidates[g];
  const seat = seatAt(scene, one, left, top, MANNERS[manner]);
  if (seat === undefined) throw new Error('a place that was there is gone');
  const image = guests[g >> 1];
  const picture = seated(scene, one, seat);
  // A second sun is worse than no guest.
  const suns = [...shown, image].map((n) => countRound(large(smalls[n].rgb, smalls[n].width, smalls[n].height)));
  if (countRound(large(picture, scene.width, scene.height)) > Math.max(...suns)) return undefined;
  const whole = Uint8Array.from(scene.core, (value) => (value === 1 ? 2 : 0));
  for (const q of one.core.keys()) if (one.core[q] === 1) whole[(Math.floor(q / one.width) + top) * scene.width + (q % one.width) + left] = 1;
  return { guest: { exemplar: images.length * 2 + (g & 1), left, top, front: seat.manner !== 'behind', seen: seat.laid.side, whole }, image, picture };
}

/** A picture at twice its size, as things are looked for in it. */
function large(rgb: ArrayLike<number>, width: number, height: number): Picture {
  const out = new Float32Array(width * height * 12);
  const colour = new Float64Array(3);
  for (let p = 0; p < width * height * 4; p++) {
    bilinear(rgb, 0, width * 3, width, height, ((p % (2 * width)) + 0.5) / 2, (Math.floor(p / (2 * width)) + 0.5) / 2, colour);
    out.set(colour, p * 3);
  }
  return { rgb: out, width: 2 * width, height: 2 * height };
}
