import type { EnlargeArgs } from './enlarge.ts';
import type { ExemplarStore, Level } from './exemplars.ts';
import { placeAt, type Layout } from './layout.ts';
import type { Memory } from './memory.ts';
import { exemplarOf, packPosition, PAD, type Exemplars } from './patchmatch.ts';
import type { Pool } from './pool.ts';
import { fillPadding, type Raster } from './raster.ts';
import { hash4 } from './rng.ts';
import { SEATING } from './seat.ts';

/** Votes this near in colour (0..255) are of one opinion. */
const MODE_BANDWIDTH = 24;
/** Values of a 7×7 RGB patch: penalties are given per value. */
const PATCH_VALUES = 147;

/** Above the largest difference two patches can have. */
const NEVER = 255 * 255 * PATCH_VALUES + 1;

interface LevelPlan {
  short: number;
  keyIterations: number;
  sharpPasses: number;
  sharpIterations: number;
  jumps: number[];
  tries: number;
  /** Start radius of random search; 0 stands for a sixth of the side. */
  radius: number;
  globalKey: number;
  globalSharp: number;
  scoreWeight: number;
  placeWeight: number;
  spreads: { key: number; between: number; last: number };
  /** How far away a patch may be to vote. */
  reach: number;
  sparse: boolean;
}

const plan = (short: number, rest: Omit<LevelPlan, 'short'>): LevelPlan => ({ short, ...rest });
export const LEVELS: readonly LevelPlan[] = [
  plan(64, { keyIterations: 0, sharpPasses: 2, sharpIterations: 4, jumps: [8, 4, 2, 1], tries: 4, radius: 0, globalKey: 2, globalSharp: 1, scoreWeight: 400, placeWeight: 3000, spreads: { key: 1.3, between: 1.1, last: 0.7 }, reach: 2, sparse: false }),
  plan(128, { keyIterations: 0, sharpPasses: 2, sharpIterations: 3, jumps: [4, 1, 2, 1], tries: 4, radius: 0, globalKey: 2, globalSharp: 1, scoreWeight: 100, placeWeight: 600, spreads: { key: 1.3, between: 1.1, last: 0.7 }, reach: 2, sparse: false }),
  plan(256, { keyIterations: 0, sharpPasses: 2, sharpIterations: 2, jumps: [4, 1, 2, 1], tries: 2, radius: 6, globalKey: 0, globalSharp: 0, scoreWeight: 0, placeWeight: 0, spreads: { key: 1.3, between: 1.1, last: 0.7 }, reach: 2, sparse: false }),
  plan(512, { keyIterations: 0, sharpPasses: 1, sharpIterations: 2, jumps: [4, 1, 2, 1], tries: 2, radius: 6, globalKey: 0, globalSharp: 0, scoreWeight: 0, placeWeight: 0, spreads: { key: 1.3, between: 1.1, last: 0.45 }, reach: 1, sparse: false }),
  plan(1024, { keyIterations: 2, sharpPasses: 0, sharpIterations: 2, jumps: [4, 1, 2, 1], tries: 2, radius: 6, globalKey: 0, globalSharp: 0, scoreWeight: 0, placeWeight: 0, spreads: { key: 0.7, between: 1.1, last: 0.45 }, reach: 1, sparse: true }),
];

/** Steps a level reports, and what a step costs beside the others. */
const levelSteps = (level: LevelPlan) => level.keyIterations + 1 + level.sharpPasses * (level.sharpIterations + 1);
export function refineSteps(short: number): number {
  return LEVELS.filter((level) => level.short <= short).reduce((sum, level) => sum + levelSteps(level), 0);
}

export interface RefineOptions {
  width: number;
  height: number;
  seed: number;
  scores: number[];
  /** Stores for 64, 128, 256 and 512 pixels. */
  stores: readonly ExemplarStore[];
  onStep: (step: number, total: number) => void;
  onLevel: (picture: Raster) => Promise<void>;
}

export interface Refined extends Raster {
  /** Share of the picture per artwork. */
  shares: Map<number, number>;
}

interface Canvas {
  width: number;
  height: number;
  target: Uint8Array;
  field: Int32Array;
  spare: Int32Array;
  cost: Int32Array;
  held: Uint8Array;
}

const STRIPS = 16;

function makeCanvas(width: number, height: number, memory: Memory): Canvas {
  return {
    width,
    height,
    target: memory.u8((width + 2 * PAD) * (height + 2 * PAD) * 3),
    field: memory.i32(width * height),
    spare: memory.i32(width * height),
    cost: memory.i32(width * height),
    held: memory.u8(width * height),
  };
}

/** Fills a canvas with a smaller picture. */
async function enlarge(from: EnlargeArgs['from'], to: Canvas, pool: Pool): Promise<void> {
  const { target, width, height } = to;
  await pool.run('enlarge', { from, to: { target, width, height }, rows: Math.ceil(height / STRIPS) }, STRIPS);
  fillPadding(target, 0, width, height, PAD);
}

/** The canvas without its padding. */
function crop(canvas: Canvas): Raster {
  const { width, height, target } = canvas;
  const rgb = new Uint8Array(width * height * 3);
  const stride = (width + 2 * PAD) * 3;
  for (let y = 0; y < height; y++) {
    const from = (y + PAD) * stride + PAD * 3;
    rgb.set(target.subarray(from, from + width * 3), y * width * 3);
  }
  return { rgb, width, height };
}

const clamp = (value: number, high: number) => Math.max(0, Math.min(high, value));

/** Where the layout says each pixel comes from: within a view the artwork goes on smoothly, stretched as the view is. */
function fieldFromLayout(layout: Layout, canvas: Canvas, exemplars: Exemplars): void {
  const { width, height, field } = canvas;
  const place = { exemplar: 0, u: 0, v: 0 };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      placeAt(layout, ((x + 0.5) * layout.width) / width, ((y + 0.5) * layout.height) / height, place);
      const e = place.exemplar;
      const u = clamp(Math.floor(place.u * exemplars.width[e]), exemplars.width[e] - 1);
      const v = clamp(Math.floor(place.v * exemplars.height[e]), exemplars.height[e] - 1);
      field[y * width + x] = packPosition(e, u, v);
    }
  }
}

/** Up to this size what lies inside a view stays the view's; above it matching moves little and only for the better. */
const HOLDING = 128;

/** Marks the pixels whose place the layout holds. */
function holdPlaces(layout: Layout, canvas: Canvas): void {
  const { width, height, held } = canvas;
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * layout.height) / height) * layout.width;
    for (let x = 0; x < width; x++) held[y * width + x] = layout.held[row + Math.floor(((x + 0.5) * layout.width) / width)];
  }
}

/** Pixels per exemplar pair. */
function countPairs(canvas: Canvas, pairs: number): number[] {
  const counts = new Array<number>(pairs).fill(0);
  for (const f of canvas.field) counts[exemplarOf(f) >> 1]++;
  return counts;
}

/** `used`: the artworks of the composition; the others wait for another picture. */
function setPenalties(level: Level, plan: LevelPlan, canvas: Canvas, scores: number[], used: ReadonlySet<number>): void {
  const { exemplars, images } = level;
  const shape = canvas.width / canvas.height;
  images.forEach((image, k) => {
    for (const e of [2 * k, 2 * k + 1]) {
      exemplars.penalty[e] = used.has(image) ? Math.round(PATCH_VALUES * (1 - scores[image]) * plan.scoreWeight) : NEVER;
      exemplars.placed[e] = Math.abs(exemplars.width[e] / exemplars.height[e] / shape - 1) < 0.05 ? 1 : 0;
    }
  });
}

/** Gives the guests of a composition their places. */
async function seatGuests(layout: Layout, { exemplars }: Level, canvas: Canvas, pool: Pool): Promise<void> {
  const { width, height, target, field, held } = canvas;
  for (const guest of layout.guests) await pool.run('seat', { width, height, target, field, held, exemplars, layout: { width: layout.width, height: layout.height }, guest }, 1);
  if (layout.guests.length > 0) fillPadding(target, 0, width, height, PAD);
}

/** Turns a composition into a picture: level by level, patches of the artworks are matched and voted. */
export async function refine(layout: Layout, first: Level, options: RefineOptions, memory: Memory, pool: Pool): Promise<Refined> {
  const { width, height, seed, scores, stores } = options;
  const short = Math.min(width, height);
  const plans = LEVELS.filter((level) => level.short <= short);
  const total = refineSteps(short);
  const used = new Set([...layout.exemplar, ...layout.guests.map(({ exemplar }) => exemplar)].map((e) => first.images[e >> 1]));
  let step = 0;
  let level = first;
  let canvas: Canvas | undefined;
  for (const [index, plan] of plans.entries()) {
    const next = makeCanvas(Math.round((width * plan.short) / short), Math.round((height * plan.short) / short), memory);
    if (canvas === undefined) {
      await enlarge({ rgb: layout.rgb, width: layout.width, height: layout.height, pad: 0 }, next, pool);
      fieldFromLayout(layout, next, level.exemplars);
    } else {
      await enlarge({ rgb: canvas.target, width: canvas.width, height: canvas.height, pad: PAD }, next, pool);
      const counts = countPairs(canvas, level.images.length);
      // From 256 pixels up only what is in use: the rest would cost memory and time and win nothing.
      const kept = level.images.map((_, k) => k).filter((k) => plan.short !== 256 || counts[k] > 0);
      const renumber = level.images.map((_, k) => kept.indexOf(k));
      const previous = level;
      const store = stores[Math.min(index, stores.length - 1)];
      if (plan.short <= 512) level = await store.select(kept.map((k) => previous.images[k]));
      const { exemplar, offsetX, offsetY } = layout;
      await pool.run(
        'enlargeField',
        {
          from: { field: canvas.field, width: canvas.width, height: canvas.height },
          fromExemplars: { width: previous.exemplars.width, height: previous.exemplars.height },
          to: { field: next.field, width: next.width, height: next.height },
          exemplars: { width: level.exemplars.width, height: level.exemplars.height },
          renumber,
          origin: previous.images.map((image) => first.images.indexOf(image)),
          layout: { width: layout.width, height: layout.height, exemplar, offsetX, offsetY },
          rows: Math.ceil(next.height / STRIPS),
        },
        STRIPS,
      );
    }
    canvas = next;
    setPenalties(level, plan, canvas, scores, used);
    if (plan.short <= HOLDING) holdPlaces(layout, canvas);
    if (plan.short === SEATING) await seatGuests(layout, level, canvas, pool);
    const report = () => options.onStep(++step, total);
    await refineLevel(level, plan, canvas, seed, pool, report);
    await options.onLevel(crop(canvas));
  }
  if (canvas === undefined) throw new Error('no level to refine');
  const counts = countPairs(canvas, level.images.length);
  const shares = new Map(counts.map((n, k) => [level.images[k], n / (width * height)]));
  return { ...crop(canvas), shares };
}

async function refineLevel(level: Level, plan: LevelPlan, canvas: Canvas, seed: number, pool: Pool, report: () => void): Promise<void> {
  const { width, height } = canvas;
  const rows = Math.ceil(height / STRIPS);
  let iteration = 0;
  // Whether the last match saw the picture as it is now, so that its costs still hold.
  let measured = false;
  const match = async (against: Uint8Array, globalTries: number) => {
    await pool.run(
      'match',
      {
        target: canvas.target,
        width,
        height,
        exemplars: { ...level.exemplars, pixels: against },
        fieldIn: canvas.field,
        fieldOut: canvas.spare,
        cost: canvas.cost,
        held: canvas.held,
        measured,
        jump: plan.jumps[iteration % plan.jumps.length],
        tries: plan.tries,
        radius: plan.radius > 0 ? plan.radius : Math.min(width, height) / 6,
        globalTries,
        placeWeight: PATCH_VALUES * plan.placeWeight,
        margin: PATCH_VALUES * 4,
        sparse: plan.sparse,
        seed,
        stage: hash4(plan.short, iteration, 0, 0),
        rows,
      },
      STRIPS,
    );
    [canvas.field, canvas.spare] = [canvas.spare, canvas.field];
    iteration++;
    measured = true;
    report();
  };
  const vote = async (spread: number, bandwidth: number, detail = false) => {
    await pool.run(
      'vote',
      {
        width,
        height,
        field: canvas.field,
        cost: canvas.cost,
        pixels: level.exemplars.pixels,
        base: level.exemplars.base,
        exemplarWidth: level.exemplars.width,
        spread,
        reach: plan.reach,
        bandwidth,
        out: canvas.target,
        ...(detail ? { keys: level.keys } : {}),
        rows,
      },
      STRIPS,
    );
    fillPadding(canvas.target, 0, width, height, PAD);
    measured = false;
    report();
  };
  for (let i = 0; i < plan.keyIterations; i++) await match(level.keys, plan.globalKey);
  await vote(plan.spreads.key, plan.keyIterations === 0 ? MODE_BANDWIDTH : 0, plan.sharpPasses === 0);
  for (let pass = 0; pass < plan.sharpPasses; pass++) {
    for (let i = 0; i < plan.sharpIterations; i++) await match(level.exemplars.pixels, plan.globalSharp);
    const last = pass === plan.sharpPasses - 1;
    await vote(last ? plan.spreads.last : plan.spreads.between, last ? MODE_BANDWIDTH : 0);
  }
}
