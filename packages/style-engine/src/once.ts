import { PAD, type Exemplars } from './patchmatch.ts';
import { areAlike, findThings, portraitOf, type Picture } from './things.ts';

/**
 * What an artist drew once must not appear twice: one view brings a sun, another brings the same sun from elsewhere or that of another artwork. A
 * division into views is searched for things it shows more often than any artwork among them does, and the surplus is named.
 */

/** A thing in an artwork: centre and radii, shares of the artwork's sides. */
export interface Placed {
  image: number;
  u: number;
  v: number;
  across: number;
  down: number;
}

export interface Inventory {
  things: Placed[];
  /** Per thing those of its kind, itself among them. */
  kin: number[][];
  /** How many of the kind one artwork has at most. */
  allowed: number[];
}

/** An exemplar without its padding. */
function pictureOf({ pixels, base, width, height }: Exemplars, e: number): Picture {
  const rgb = new Uint8Array(width[e] * height[e] * 3);
  const stride = (width[e] + 2 * PAD) * 3;
  for (let y = 0; y < height[e]; y++) {
    const from = base[e] + (y + PAD) * stride + PAD * 3;
    rgb.set(pixels.subarray(from, from + width[e] * 3), y * width[e] * 3);
  }
  return { rgb, width: width[e], height: height[e] };
}

/** Likeness from which two things count as one kind here: a little more than where it is counted as a fault. */
const KIND = 0.8;
/** A near sun and a far one are of one kind. */
const KIND_RATIO = 2.9;

/** What the exemplar pairs `images` (at 64 pixels) have, and what of it is of one kind. */
export function takeInventory(exemplars: Exemplars, images: readonly number[]): Inventory {
  const things: Placed[] = [];
  const portraits = images.flatMap((image) => {
    const picture = pictureOf(exemplars, 2 * image);
    return findThings(picture).map((thing) => {
      things.push({ image, u: thing.x / picture.width, v: thing.y / picture.height, across: thing.radius / picture.width, down: thing.radius / picture.height });
      return portraitOf(picture, thing);
    });
  });
  const kin = portraits.map((one, i) => portraits.flatMap((other, j) => (i === j || areAlike(one, other, KIND, KIND_RATIO) ? [j] : [])));
  const allowed = kin.map((kind) => Math.max(...images.map((image) => kind.filter((t) => things[t].image === image).length)));
  return { things, kin, allowed };
}

/** A label of a division, as far as things go: which exemplar it shows, and per pixel where in it, two shares a pixel. */
export interface Staged {
  exemplar: number;
  places: Float32Array;
}

/** A thing as one label shows it. */
interface Sight {
  thing: number;
  label: number;
  x: number;
  y: number;
  /** Pixels of the thing, and of the thing with what belongs around it. */
  core: number[];
  reach: number[];
}

/** How far what belongs to a thing reaches, in radii: a sun's glow, an eye's lid. */
const BELONGING = 1.6;
/** Less than this share of a thing is not seen as one. */
const SEEN = 0.3;

/** Everything that the labels could show. */
export function sightsOf(labels: readonly Staged[], inventory: Inventory, width: number): Sight[] {
  return labels.flatMap(({ exemplar, places }, label) =>
    inventory.things.flatMap((thing, t): Sight[] => {
      if (thing.image !== exemplar >> 1) return [];
      const centre = exemplar % 2 === 1 ? 1 - thing.u : thing.u;
      const core: number[] = [];
      const reach: number[] = [];
      let x = 0;
      let y = 0;
      for (let p = 0; p < places.length / 2; p++) {
        const away = Math.hypot((places[p * 2] - centre) / thing.across, (places[p * 2 + 1] - thing.v) / thing.down);
        if (away < BELONGING) reach.push(p);
        if (away >= 1) continue;
        core.push(p);
        x += p % width;
        y += Math.floor(p / width);
      }
      return core.length === 0 ? [] : [{ thing: t, label, x: x / core.length, y: y / core.length, core, reach }];
    }),
  );
}

/** A thing that is seen, perhaps through several labels: most of it through the first. */
interface Seen {
  sights: Sight[];
  label: number;
}

function seenIn(field: Uint8Array, sights: readonly Sight[]): Seen[] {
  const shown = sights.map(({ core, label }) => core.reduce((n, p) => (field[p] === label ? n + 1 : n), 0));
  const order = sights.map((_, i) => i).filter((i) => shown[i] > 0).sort((a, b) => shown[b] - shown[a] || a - b);
  const groups: { members: number[]; x: number; y: number; radius: number }[] = [];
  for (const i of order) {
    const { thing, x, y, core } = sights[i];
    // The same thing through another label, all but in the same place, is the same sight.
    const group = groups.find((one) => sights[one.members[0]].thing === thing && Math.hypot(one.x - x, one.y - y) < one.radius);
    if (group === undefined) groups.push({ members: [i], x, y, radius: Math.max(1, 0.8 * Math.sqrt(core.length / Math.PI)) });
    else group.members.push(i);
  }
  return groups.flatMap(({ members }) => {
    const all = members.reduce((sum, i) => sum + shown[i], 0);
    const whole = Math.max(...members.map((i) => sights[i].core.length));
    return all >= SEEN * whole ? [{ sights: members.map((i) => sights[i]), label: sights[members[0]].label }] : [];
  });
}

/** A surplus: what should not be seen, and the labels whose things of the kind stay. */
export interface Surplus {
  sights: Sight[];
  kept: ReadonlySet<number>;
  kind: readonly number[];
}

/**
 * The first kind, large things before small ones, that a division into labels shows too often. Labels keep or lose all they show of it (an eye does not
 * go without the other): those that show most of it keep it, as many as is allowed.
 */
export function findSurplus(field: Uint8Array, sights: readonly Sight[], { things, kin, allowed }: Inventory): Surplus | undefined {
  const seen = seenIn(field, sights);
  const area = new Map<number, number>();
  for (const label of field) area.set(label, (area.get(label) ?? 0) + 1);
  const order = things.map((_, t) => t).sort((a, b) => things[b].down - things[a].down || a - b);
  for (const t of order) {
    const shown = seen.filter(({ sights: [first] }) => kin[t].includes(first.thing));
    if (shown.length <= allowed[t] || !shown.some(({ sights: [first] }) => first.thing === t)) continue;
    const count = (label: number) => shown.filter((one) => one.label === label).length;
    const labels = [...new Set(shown.map(({ label }) => label))].sort((a, b) => count(b) - count(a) || (area.get(b) ?? 0) - (area.get(a) ?? 0) || a - b);
    const kept = new Set<number>();
    let total = 0;
    for (const label of labels) {
      if (kept.size > 0 && total + count(label) > allowed[t]) continue;
      kept.add(label);
      total += count(label);
    }
    const surplus = shown.filter(({ label }) => !kept.has(label));
    if (surplus.length > 0) return { sights: surplus.flatMap((one) => one.sights), kept, kind: kin[t] };
  }
  return undefined;
}
