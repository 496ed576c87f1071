/** Drawing by code: seeded randomness, organic lines and shapes, and SVG filters that behave like paper, ink and pigment. */

export interface Size {
  width: number;
  height: number;
}
export interface Drawing {
  svg: string;
  tags: string[];
  /** What the hand and the paper do to it; see paint(). */
  finish: Finish;
}
/** Unevenness laid over the drawn shapes, lengths in thousandths of the short side. */
export interface Finish {
  seed: number;
  /** How far edges wander (broad) and fray (fine). */
  wander: number;
  fray: number;
  /** How unevenly pigment settles, 0..1. */
  pigment: number;
  /** Depth of the paper's relief under raking light, and fine grain, 0..1. */
  relief: number;
  grain: number;
}
/** One artist: always the same hand, different subjects. Pure: the same arguments give the same drawing. */
export interface Hand {
  id: string;
  /** Name of the style as a gallery would show it. */
  title: string;
  subjects: readonly string[];
  draw: (subject: string, seed: number, size: Size) => Drawing;
}
export type Point = readonly [number, number];

/** A seeded source of chance with the few distributions drawings need. */
export class Chance {
  private state: number;
  constructor(seed: number) {
    this.state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
    this.unit();
    this.unit();
  }
  unit(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  between(low: number, high: number): number {
    return low + (high - low) * this.unit();
  }
  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }
  around(middle: number, spread: number): number {
    return middle + (this.unit() + this.unit() + this.unit() - 1.5) * spread;
  }
  yes(share = 0.5): boolean {
    return this.unit() < share;
  }
  pick<T>(list: readonly T[]): T {
    const item = list[Math.min(list.length - 1, Math.floor(this.unit() * list.length))];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }
  /** A number for a filter's own noise. */
  seed(): number {
    return this.whole(1, 9999);
  }
}

/** The item at a position, going round. */
export function cycle<T>(list: readonly T[], index: number): T {
  const item = list[((index % list.length) + list.length) % list.length];
  if (item === undefined) throw new Error('an empty list has no items');
  return item;
}

function lattice(i: number, seed: number): number {
  let h = Math.imul(i | 0, 0x27d4eb2f) ^ Math.imul(seed | 0, 0x165667b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}
/** Smooth noise along a line, 0..1. */
export function noise(x: number, seed: number): number {
  const i = Math.floor(x);
  const t = x - i;
  const s = t * t * (3 - 2 * t);
  return lattice(i, seed) * (1 - s) + lattice(i + 1, seed) * s;
}
/** Fractal noise, about −1..1. */
export function fbm(x: number, seed: number, octaves = 4): number {
  let sum = 0;
  let size = 1;
  for (let o = 0; o < octaves; o++) {
    sum += (noise(x * 2 ** o, seed + o * 101) * 2 - 1) * size;
    size /= 2;
  }
  return sum / 1.6;
}

const r1 = (n: number) => Math.round(n * 10) / 10;

/** A smooth curve through points (Catmull–Rom as Béziers). */
export function smooth(points: readonly Point[], closed = false): string {
  const n = points.length;
  const at = (i: number): Point => (closed ? cycle(points, i) : (points[Math.max(0, Math.min(n - 1, i))] ?? [0, 0]));
  const [sx, sy] = at(0);
  let d = `M${r1(sx)} ${r1(sy)}`;
  for (let i = 0; i < (closed ? n : n - 1); i++) {
    const [x0, y0] = at(i - 1);
    const [x1, y1] = at(i);
    const [x2, y2] = at(i + 1);
    const [x3, y3] = at(i + 2);
    d += `C${r1(x1 + (x2 - x0) / 6)} ${r1(y1 + (y2 - y0) / 6)} ${r1(x2 - (x3 - x1) / 6)} ${r1(y2 - (y3 - y1) / 6)} ${r1(x2)} ${r1(y2)}`;
  }
  return closed ? `${d}Z` : d;
}
/** Straight segments through points. */
export function straight(points: readonly Point[], closed = true): string {
  return `M${points.map(([x, y]) => `${r1(x)} ${r1(y)}`).join('L')}${closed ? 'Z' : ''}`;
}

/** A closed shape near an ellipse, as a hand would draw it. */
export function blob(chance: Chance, cx: number, cy: number, rx: number, ry: number, wobble: number, corners = 12): string {
  const phase = chance.unit() * 6.28;
  const points = Array.from({ length: corners }, (_, i): Point => {
    const angle = phase + (i / corners) * 2 * Math.PI;
    const k = 1 + chance.around(0, wobble);
    return [cx + Math.cos(angle) * rx * k, cy + Math.sin(angle) * ry * k];
  });
  return smooth(points, true);
}

/** A brush stroke along points, thick in the middle as the hand presses, with a slightly uneven edge. */
export function brush(chance: Chance, points: readonly Point[], width: number, taper: { start?: number; end?: number; uneven?: number } = {}): string {
  const { start = 0.3, end = 0.3, uneven = 0.12 } = taper;
  const left: Point[] = [];
  const right: Point[] = [];
  const n = points.length;
  points.forEach(([x, y], i) => {
    const [ax, ay] = points[Math.max(0, i - 1)] ?? [x, y];
    const [bx, by] = points[Math.min(n - 1, i + 1)] ?? [x, y];
    const length = Math.hypot(bx - ax, by - ay) || 1;
    const t = n === 1 ? 0.5 : i / (n - 1);
    const press = Math.min(1, start + (1 - start) * Math.min(1, t * 3), end + (1 - end) * Math.min(1, (1 - t) * 3));
    const half = (width / 2) * press;
    const nx = -(by - ay) / length;
    const ny = (bx - ax) / length;
    left.push([x + nx * half * (1 + chance.around(0, uneven)), y + ny * half * (1 + chance.around(0, uneven))]);
    right.push([x - nx * half * (1 + chance.around(0, uneven)), y - ny * half * (1 + chance.around(0, uneven))]);
  });
  return smooth([...left, ...right.reverse()], true);
}

/** Points of a line that a hand draws: it drifts a little. */
export function handLine(chance: Chance, from: Point, to: Point, drift: number, steps = 8): Point[] {
  const seed = chance.seed();
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  const length = Math.hypot(dx, dy) || 1;
  return Array.from({ length: steps + 1 }, (_, i): Point => {
    const t = i / steps;
    const off = fbm(t * 3 + seed, seed, 2) * drift * Math.sin(Math.PI * Math.min(1, t * 1.2 + 0.1));
    return [from[0] + dx * t - (dy / length) * off, from[1] + dy * t + (dx / length) * off];
  });
}

/** A skyline of hills: heights along the width from fractal noise; `peaks` (0..1) turns it into mountains, each a tent with broken flanks. */
export function ridge(width: number, base: number, height: number, seed: number, options: { waves?: number; octaves?: number; peaks?: number; steps?: number } = {}): Point[] {
  const { waves = 2.2, octaves = 4, peaks = 0, steps = 90 } = options;
  const chance = new Chance(seed);
  const count = Math.max(2, Math.round(waves * 1.7));
  const tents = Array.from({ length: count }, (_, i) => {
    const high = chance.between(0.45, 1);
    return { at: (i + chance.between(0.1, 0.9)) / count, high, left: (chance.between(0.75, 1.15) * high) / count, right: (chance.between(0.75, 1.15) * high) / count };
  });
  return Array.from({ length: steps + 1 }, (_, i): Point => {
    const t = i / steps;
    const soft = fbm(t * waves + seed * 7.31, seed, octaves);
    let sharp = -0.6;
    for (const tent of tents) {
      const away = t < tent.at ? (tent.at - t) / tent.left : (t - tent.at) / tent.right;
      sharp = Math.max(sharp, tent.high * 1.6 * (1 - away) - 0.6);
    }
    sharp += 0.16 * fbm(t * waves * 5, seed + 9, 3);
    return [-20 + t * (width + 40), base - height * (soft * (1 - peaks) + sharp * peaks)];
  });
}
/** Closes a skyline down to the lower edge. */
export function ground(points: readonly Point[], bottom: number): string {
  const [firstX] = points[0] ?? [0, 0];
  const [lastX] = points[points.length - 1] ?? [0, 0];
  return `${straight(points, false)}L${r1(lastX)} ${r1(bottom)}L${r1(firstX)} ${r1(bottom)}Z`;
}
/** Height of a skyline at x. */
export function heightAt(points: readonly Point[], x: number): number {
  for (let i = 1; i < points.length; i++) {
    const [x1, y1] = points[i] ?? [0, 0];
    const [x0, y0] = points[i - 1] ?? [0, 0];
    if (x <= x1) return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0 || 1);
  }
  return points[points.length - 1]?.[1] ?? 0;
}

export const path = (d: string, fill: string, attributes = ''): string => `<path d="${d}" fill="${fill}" ${attributes}/>`;
export const stroke = (d: string, colour: string, width: number, attributes = ''): string =>
  `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${r1(width)}" stroke-linecap="round" stroke-linejoin="round" ${attributes}/>`;
export const group = (inside: string, attributes = ''): string => `<g ${attributes}>${inside}</g>`;

/** A colour between two (#rrggbb). */
export function mix(a: string, b: string, t: number): string {
  const parse = (colour: string) => [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16));
  const [ra = 0, ga = 0, ba = 0] = parse(a);
  const [rb = 0, gb = 0, bb = 0] = parse(b);
  const channel = (x: number, y: number) =>
    Math.round(x + (y - x) * t)
      .toString(16)
      .padStart(2, '0');
  return `#${channel(ra, rb)}${channel(ga, gb)}${channel(ba, bb)}`;
}

/** A shape with pigment gathered at its rim: the edge is drawn again, darker, twice. */
export function wet(d: string, colour: string, opacity: number, rim: number, unit: number): string {
  const dark = mix(colour, '#1a1420', 0.42);
  return (
    path(d, colour, `opacity="${opacity.toFixed(2)}"`) +
    stroke(d, dark, unit * 0.0085, `opacity="${(rim * 0.32).toFixed(2)}"`) +
    stroke(d, dark, unit * 0.0035, `opacity="${(rim * 0.6).toFixed(2)}"`)
  );
}

/** A soft patch of light or mist: an ellipse that fades to nothing. */
export function haze(id: string, cx: number, cy: number, rx: number, ry: number, colour: string, opacity: number): string {
  const stop = (at: number, share: number) => `<stop offset="${at}" stop-color="${colour}" stop-opacity="${(opacity * share).toFixed(3)}"/>`;
  return `<radialGradient id="${id}">${stop(0, 1)}${stop(0.35, 0.8)}${stop(0.7, 0.28)}${stop(1, 0)}</radialGradient><ellipse cx="${r1(cx)}" cy="${r1(cy)}" rx="${r1(rx)}" ry="${r1(ry)}" fill="url(#${id})"/>`;
}

/** A whole picture. */
export function sheet(size: Size, defs: string, body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}"><defs>${defs}</defs>${body}</svg>`;
}
