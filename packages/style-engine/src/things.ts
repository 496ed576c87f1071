/**
 * Small things that stand out: a sun, an eye, a boat. Found as blobs that differ from what is all around them, at several sizes; told apart and
 * recognised by how they look against their surroundings. What an artist drew once must not appear twice.
 */
import { bilinear } from './raster.ts';

/** Interleaved RGB, 0..255. */
export interface Picture {
  rgb: ArrayLike<number>;
  width: number;
  height: number;
}

/** A blob in a picture: centre and radius, pixels. */
export interface Thing {
  x: number;
  y: number;
  radius: number;
  /** The least it differs from its surroundings in any direction, 0..255. */
  contrast: number;
}

export interface Finding {
  /** Least contrast of a thing. */
  contrast: number;
  /** How uneven its surroundings may be, in shares of its difference from them: a corner or a hill's top is no thing. */
  unevenness: number;
}
export const FINDING: Finding = { contrast: 25, unevenness: 0.4 };

/** Sizes looked for, pixels of a picture whose short side is 64. */
const RADII = [2, 2.8, 4, 5.6, 8, 11];
const SECTORS = Array.from({ length: 8 }, (_, k) => [Math.cos((k * Math.PI) / 4), Math.sin((k * Math.PI) / 4)] as const);
/** Sectors that must lie in the picture: a thing may be cut by its edge. */
const LEAST_SECTORS = 5;
/** How far its middle lies inside, in radii: less of it may be anything. */
const LEAST_INSIDE = 0.6;
/** Of a thing's radius: half the side of the box taken for its middle; how far out and how large the boxes around it are. */
const CORE = 0.75;
const AWAY = 1.9;
const AROUND = 0.6;

/** Sums over the area, so that the mean of any box is four look-ups a channel. */
class Means {
  private readonly table: Float64Array;
  private readonly row: number;
  readonly width: number;
  readonly height: number;
  readonly mean = [0, 0, 0];
  constructor({ rgb, width, height }: Picture) {
    this.width = width;
    this.height = height;
    this.row = (width + 1) * 3;
    this.table = new Float64Array((height + 1) * this.row);
    for (let y = 0; y < height; y++) {
      const sums = [0, 0, 0];
      for (let i = 0; i < width * 3; i++) {
        sums[i % 3] += rgb[y * width * 3 + i];
        this.table[(y + 1) * this.row + 3 + i] = this.table[y * this.row + 3 + i] + sums[i % 3];
      }
    }
  }
  /** Puts the mean of the box around a point into `mean`; says whether anything of it lies in the picture. */
  take(x: number, y: number, half: number): boolean {
    const x0 = Math.max(0, Math.round(x - half));
    const y0 = Math.max(0, Math.round(y - half));
    const x1 = Math.min(this.width, Math.round(x + half));
    const y1 = Math.min(this.height, Math.round(y + half));
    if (x1 <= x0 || y1 <= y0) return false;
    const { table, row } = this;
    const area = (x1 - x0) * (y1 - y0);
    for (let c = 0; c < 3; c++) this.mean[c] = (table[y1 * row + x1 * 3 + c] - table[y0 * row + x1 * 3 + c] - table[y1 * row + x0 * 3 + c] + table[y0 * row + x0 * 3 + c]) / area;
    return true;
  }
}

/** How much a blob there would stand out; 0 if it does not. */
function contrastAt(means: Means, x: number, y: number, radius: number, { contrast, unevenness }: Finding): number {
  const { mean, width, height } = means;
  if (Math.min(x, y, width - x, height - y) < LEAST_INSIDE * radius) return 0;
  means.take(x, y, CORE * radius);
  const red = mean[0];
  const green = mean[1];
  const blue = mean[2];
  let sectors = 0;
  let least = Number.POSITIVE_INFINITY;
  const sum = [0, 0, 0];
  let squares = 0;
  for (let k = 0; k < SECTORS.length; k++) {
    const u = x + AWAY * radius * SECTORS[k][0];
    const v = y + AWAY * radius * SECTORS[k][1];
    if (u < 0 || v < 0 || u > width || v > height || !means.take(u, v, AROUND * radius)) continue;
    const apart = Math.sqrt(((mean[0] - red) ** 2 + (mean[1] - green) ** 2 + (mean[2] - blue) ** 2) / 3);
    if (apart < contrast) return 0;
    least = Math.min(least, apart);
    sectors++;
    for (let c = 0; c < 3; c++) {
      sum[c] += mean[c];
      squares += mean[c] ** 2;
    }
  }
  if (sectors < LEAST_SECTORS) return 0;
  const [r, g, b] = sum.map((value) => value / sectors);
  const uneven = Math.sqrt(Math.max(0, squares / sectors - r * r - g * g - b * b) / 3);
  const apart = Math.sqrt(((r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2) / 3);
  return uneven <= unevenness * apart ? least : 0;
}

/** The things of a picture whose short side is 64, the most conspicuous first. */
export function findThings(picture: Picture, finding = FINDING): Thing[] {
  const means = new Means(picture);
  const found: Thing[] = [];
  for (const radius of RADII) {
    for (let y = 0; y < picture.height; y++) {
      for (let x = 0; x < picture.width; x++) {
        const contrast = contrastAt(means, x, y, radius, finding);
        if (contrast > 0) found.push({ x, y, radius, contrast });
      }
    }
  }
  found.sort((a, b) => b.contrast - a.contrast || a.radius - b.radius || a.y - b.y || a.x - b.x);
  const things: Thing[] = [];
  for (const one of found) {
    if (!things.some((other) => Math.hypot(other.x - one.x, other.y - one.y) < 1.1 * Math.max(other.radius, one.radius))) things.push(one);
  }
  return things;
}

const GRID = 7;
/** How far a portrait reaches, in radii. */
const FRAME = 1.7;

/** How a thing looks against its surroundings, whatever its size: differences of colour, and how large they are without their colour. Both of length 1. */
export interface Portrait {
  radius: number;
  /** How much it differs in all. */
  strength: number;
  /** How much it is a disc, −1..1. */
  roundness: number;
  colours: Float32Array;
  shape: Float32Array;
}

const sample = ({ rgb, width, height }: Picture, x: number, y: number, into: Float64Array): void => bilinear(rgb, 0, width * 3, width, height, x, y, into);

/** Brings values to length 1 and says how long they were. */
function normalise(values: Float32Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  const length = Math.sqrt(squares);
  for (let i = 0; i < values.length; i++) values[i] /= length || 1;
  return length;
}

/** Discs of several sizes as portraits have them. */
const DISCS = [0.6, 0.8, 1, 1.2, 1.4].map((size) => {
  const middle = (GRID - 1) / 2;
  const disc = Float32Array.from({ length: GRID * GRID }, (_, i) => {
    const away = (Math.hypot((i % GRID) - middle, Math.floor(i / GRID) - middle) / middle) * FRAME;
    return Math.max(0, Math.min(1, (size - away) / 0.3 + 0.5));
  });
  const mean = disc.reduce((sum, value) => sum + value, 0) / disc.length;
  for (let i = 0; i < disc.length; i++) disc[i] -= mean;
  normalise(disc);
  return disc;
});

export function portraitOf(picture: Picture, { x, y, radius }: Omit<Thing, 'contrast'>): Portrait {
  const around = [0, 0, 0];
  const colour = new Float64Array(3);
  const points = 16;
  for (let k = 0; k < points; k++) {
    const angle = (2 * Math.PI * k) / points;
    sample(picture, x + AWAY * radius * Math.cos(angle), y + AWAY * radius * Math.sin(angle), colour);
    for (let c = 0; c < 3; c++) around[c] += colour[c] / points;
  }
  const colours = new Float32Array(GRID * GRID * 3);
  const shape = new Float32Array(GRID * GRID);
  const middle = (GRID - 1) / 2;
  for (let i = 0; i < shape.length; i++) {
    const u = x + (((i % GRID) - middle) / middle) * FRAME * radius;
    const v = y + ((Math.floor(i / GRID) - middle) / middle) * FRAME * radius;
    let squares = 0;
    sample(picture, u, v, colour);
    for (let c = 0; c < 3; c++) {
      const difference = colour[c] - around[c];
      colours[i * 3 + c] = difference;
      squares += difference * difference;
    }
    shape[i] = Math.sqrt(squares);
  }
  const mean = shape.reduce((sum, value) => sum + value, 0) / shape.length;
  for (let i = 0; i < shape.length; i++) shape[i] -= mean;
  normalise(shape);
  const roundness = Math.max(...DISCS.map((disc) => disc.reduce((sum, value, i) => sum + value * shape[i], 0)));
  return { radius, strength: normalise(colours), roundness, colours, shape };
}

/** Correlation of two portraits' parts, one perhaps mirrored. */
function correlation(a: Float32Array, b: Float32Array, mirrored: boolean): number {
  const channels = a.length / (GRID * GRID);
  let sum = 0;
  for (let i = 0; i < GRID * GRID; i++) {
    const j = mirrored ? i - (i % GRID) + GRID - 1 - (i % GRID) : i;
    for (let c = 0; c < channels; c++) sum += a[i * channels + c] * b[j * channels + c];
  }
  return sum;
}

/** Things up to so many times as large may be the same kind. */
const SIZE_RATIO = 1.7;
/** How alike two things are, −1..1: of colours and shape the one that is less so. Too different in size, they are not. */
function likenessOf(a: Portrait, b: Portrait, ratio: number): number {
  if (Math.max(a.radius, b.radius) > ratio * Math.min(a.radius, b.radius)) return -1;
  return Math.max(...[false, true].map((mirrored) => Math.min(correlation(a.colours, b.colours, mirrored), correlation(a.shape, b.shape, mirrored))));
}

/** From here on a thing is round; of fewer pixels anything would be. */
const ROUND = 0.82;
const SMALL = 2.5;
const isRound = ({ radius, roundness }: Portrait) => radius >= SMALL && roundness >= ROUND;

/** Whether two things are of one kind: two eyes; and suns and moons of any colour, which are round. */
export function areAlike(a: Portrait, b: Portrait, likeness: number, ratio = SIZE_RATIO): boolean {
  return likenessOf(a, b, ratio) >= likeness || (isRound(a) && isRound(b) && Math.max(a.radius, b.radius) <= ratio * Math.min(a.radius, b.radius));
}

/** How many suns and moons a picture shows: its round things. Short side 64. */
export function countRound(picture: Picture, finding = FINDING): number {
  return findThings(picture, finding).filter((thing) => isRound(portraitOf(picture, thing))).length;
}

/** Kinds of which an artwork has more than this are a pattern (windows, scales), and more of them are no fault. */
const MOST_OF_A_KIND = 2;
/**
 * How a picture is judged: likeness of a thing and its double, likeness to those of its kind in the sources, and how those are looked for. Of a few
 * pixels all things look alike: small ones must resemble each other more, and the sources are searched more generously so that what they have is not missed.
 */
const JUDGING = { large: { same: 0.75, similar: 0.7 }, small: { same: 0.85, similar: 0.65 } };
const FEW_PIXELS = 3;
const GENEROUS: Finding = { contrast: 15, unevenness: 0.5 };

/** Sizes of a thing at which its like is looked for, how much weaker that may be, and how like. */
const SCALES = [0.8, 1, 1.25];
const WEAKER = 0.5;
const LIKE = 0.75;
/** How far from each other two of them are, in radii. */
const APART = 2.2;

/** In how many places of a picture something looks like this, found or not as a thing by itself (two fish may touch). */
function countLike(picture: Picture, one: Portrait): number {
  const candidates: { x: number; y: number; likeness: number }[] = [];
  const step = one.radius < FEW_PIXELS ? 1 : 2;
  for (let y = 1; y < picture.height; y += step) {
    for (let x = 1; x < picture.width; x += step) {
      const tried = SCALES.map((scale) => portraitOf(picture, { x, y, radius: one.radius * scale })).filter(({ strength }) => strength >= WEAKER * one.strength);
      const best = Math.max(-1, ...tried.map((other) => likenessOf(one, other, SIZE_RATIO)));
      if (best >= LIKE) candidates.push({ x, y, likeness: best });
    }
  }
  candidates.sort((a, b) => b.likeness - a.likeness || a.y - b.y || a.x - b.x);
  const places: typeof candidates = [];
  for (const found of candidates) if (!places.some((place) => Math.hypot(place.x - found.x, place.y - found.y) < APART * one.radius)) places.push(found);
  return places.length;
}

/** Things a picture shows more often than any of its sources: for each kind how often, and how often at most in a source. Short sides 64. */
export function findDoubled(picture: Picture, sources: readonly Picture[]): { thing: Thing; shown: number; allowed: number }[] {
  const things = findThings(picture);
  const portraits = things.map((thing) => portraitOf(picture, thing));
  const had = sources.map((source) => findThings(source, GENEROUS).map((thing) => portraitOf(source, thing)));
  const counted = new Set<number>();
  return things.flatMap((thing, i) => {
    if (counted.has(i)) return [];
    const { same, similar } = thing.radius < FEW_PIXELS ? JUDGING.small : JUDGING.large;
    const kind = portraits.flatMap((other, j) => (j === i || areAlike(portraits[i], other, same) ? [j] : []));
    const allowed = Math.max(0, ...had.map((own) => own.filter((other) => areAlike(portraits[i], other, similar)).length));
    if (allowed === 0 || kind.length <= allowed || allowed > MOST_OF_A_KIND) return [];
    for (const j of kind) counted.add(j);
    if (sources.some((source) => countLike(source, portraits[i]) >= kind.length)) return [];
    return [{ thing, shown: kind.length, allowed }];
  });
}
