/** Times, memory and quality figures as Markdown tables. `npm run bench [-- --quick] [times | quality]`. */
import { mkdir } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { loadAdapter } from '../src/adapter.ts';
import { nearestArtwork } from '../src/copy-check.ts';
import { ExemplarStore } from '../src/exemplars.ts';
import { Memory } from '../src/memory.ts';
import { Pool } from '../src/pool.ts';
import { areaResize } from '../src/raster.ts';
import { findDoubled, type Picture } from '../src/things.ts';
import { mulberry32 } from '../src/rng.ts';
import { HANDS, type Hand } from '../testsets/index.ts';
import { drawSet, RESULTS, runEngine, tellingTag, type Run } from './workshop.ts';

const quick = process.argv.includes('--quick');
const only = process.argv.find((word) => word === 'times' || word === 'quality');
const folder = join(RESULTS, 'bench');
await mkdir(folder, { recursive: true });

type Row = Record<string, string | number>;
function print(title: string, rows: readonly Row[]): void {
  const columns = Object.keys(rows[0] ?? {});
  console.log(`\n${title}\n\n| ${columns.join(' | ')} |\n|${columns.map(() => '---|').join('')}`);
  for (const row of rows) console.log(`| ${columns.map((column) => row[column]).join(' | ')} |`);
}
/** What is being done, for whoever waits; not part of the tables. */
const tell = (text: string) => process.stderr.write(`${text}\n`);
const round = (value: number, digits = 1) => Number(value.toFixed(digits));
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Laplacian energy (mean square) of the luminance at 512 pixels: how much edge and grain a picture has. */
async function sharpness(file: string): Promise<number> {
  const { data, info } = await sharp(file).resize({ width: 512, height: 512, fit: 'cover' }).grayscale().raw().toBuffer({ resolveWithObject: true });
  let sum = 0;
  for (let y = 1; y < info.height - 1; y++) {
    for (let x = 1; x < info.width - 1; x++) {
      const i = y * info.width + x;
      sum += (4 * data[i] - data[i - 1] - data[i + 1] - data[i - info.width] - data[i + info.width]) ** 2;
    }
  }
  return sum / ((info.width - 2) * (info.height - 2));
}
const small = async (picture: Sharp, side = 32) => {
  const { data, info } = await picture.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return areaResize({ rgb: data, width: info.width, height: info.height }, side, side);
};
/** A picture as things are looked for in it: short side 64. */
async function looked(file: string): Promise<Picture> {
  const { data, info } = await sharp(file).removeAlpha().resize({ width: 64, height: 64, fit: 'outside' }).raw().toBuffer({ resolveWithObject: true });
  return { rgb: data, width: info.width, height: info.height };
}
const apart = (a: Float32Array, b: Float32Array) => Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);

/** The median of some cold processes. */
async function measured(runs: number, args: string[]): Promise<Row> {
  const all: Run[] = [];
  for (let i = 0; i < runs; i++) all.push(await runEngine(args));
  return {
    'wall s (median)': round(median(all.map((run) => run.seconds)), 2),
    'wall s (least)': round(Math.min(...all.map((run) => run.seconds)), 2),
    'processor s': round(median(all.map((run) => run.cpuSeconds)), 2),
    'peak MB': Math.round(Math.max(...all.map((run) => run.peakMb))),
    runs,
  };
}

/** Cold processes, one hand. */
async function measureTimes(): Promise<void> {
  const hand = HANDS[0];
  const runs = quick ? 1 : 3;
  const training: Row[] = [];
  const adapters = new Map<number, string>();
  for (const count of quick ? [12] : [12, 50, 100]) {
    tell(`drawing ${count} artworks`);
    const set = await drawSet(hand, count, join(folder, `train-${count}`));
    const adapter = join(folder, `train-${count}.safetensors`);
    adapters.set(count, adapter);
    for (const threads of [1, 2]) {
      tell(`training on ${count}, threads ${threads}`);
      const args = ['train', '--images', set.folder, '--meta', join(set.folder, 'meta.json'), '--out', adapter, '--threads', String(threads)];
      training.push({ 'train: artworks': count, threads, ...(await measured(count === 12 ? runs : 1, args)) });
    }
  }
  print('Training', training);

  const generating: Row[] = [];
  for (const [width, height] of [[512, 512], [512, 1024], [1024, 1024]]) {
    for (const threads of [1, 2]) {
      tell(`generating ${width}×${height}, threads ${threads}`);
      const args = ['generate', '--adapter', adapters.get(12) ?? '', '--prompt', 'mountain', '--seed', '3', '--width', String(width), '--height', String(height), '--threads', String(threads), '--out', join(folder, 'time.png')];
      generating.push({ generate: `${width}×${height}`, threads, ...(await measured(runs, args)) });
    }
  }
  print('Generating', generating);
}

/** What looks for the nearest artwork of an adapter, as the check of finished pictures does. */
async function withChecker<T>(adapter: string, use: (nearest: (small: Float32Array) => Promise<number>) => Promise<T>): Promise<T> {
  const pool = Pool.start(1);
  try {
    const memory = new Memory();
    const loaded = await loadAdapter(adapter, memory);
    const level = await new ExemplarStore(loaded, 1, loaded.images.length, memory, pool).select(loaded.images.map((_, n) => n));
    return await use(async (small) => (await nearestArtwork(small, 32, 32, level, memory, pool)).distance);
  } finally {
    await pool.close();
  }
}

/** Control: pieces of the artworks, cut out anywhere and every other one mirrored, measured by the same rule. */
async function copies(files: readonly string[], nearest: (small: Float32Array) => Promise<number>): Promise<number[]> {
  const random = mulberry32(5);
  const distances: number[] = [];
  for (const [n, file] of files.slice(0, 12).entries()) {
    const { width, height } = await sharp(file).metadata();
    const side = Math.floor(Math.min(width, height) * (0.62 + 0.38 * random()));
    const cut = sharp(file).extract({ left: Math.floor((width - side) * random()), top: Math.floor((height - side) * random()), width: side, height: side });
    distances.push(await nearest(await small(n % 2 === 1 ? cut.flop() : cut)));
  }
  return distances;
}

/** Pictures a hand, at least. */
const PICTURES = 20;

async function measureHand(hand: Hand): Promise<Row> {
  const set = await drawSet(hand, 14, join(folder, hand.id));
  const adapter = join(folder, `${hand.id}.safetensors`);
  await runEngine(['train', '--images', set.folder, '--meta', join(set.folder, 'meta.json'), '--out', adapter]);
  const made: { file: string; wanted: string; sources: [number, number][]; distance: number }[] = [];
  const subjects = hand.subjects.slice(0, quick ? 1 : hand.subjects.length);
  const each = quick ? 2 : Math.ceil(PICTURES / subjects.length);
  for (const [subject, name] of subjects.entries()) {
    const wanted = tellingTag(set, subject, hand.subjects.length);
    const out = join(folder, `${hand.id}-${name}.png`);
    const run = await runEngine(['generate', '--adapter', adapter, '--prompt', wanted, '--seed', '1', '--width', '512', '--height', '512', '--count', String(each), '--out', out]);
    for (const event of run.events) if (event.event === 'done' && event.phase === 'generate') made.push({ file: event.out, wanted, sources: event.sources, distance: event.nearestTraining.distance });
  }
  const thumbs = await Promise.all(made.map(({ file }) => small(sharp(file))));
  const seeds = made.flatMap(({ wanted }, i) => made.slice(0, i).flatMap((other, j) => (other.wanted === wanted ? [apart(thumbs[i], thumbs[j])] : [])));
  const hits = made.map(({ wanted, sources }) => sources.reduce((sum, [image, share]) => sum + (set.tags[image].includes(wanted) ? share : 0), 0));
  // What a picture shows more often than any of the artworks it came from.
  const doubled: string[] = [];
  for (const { file, sources } of made) {
    const drawn = await Promise.all(sources.filter(([, share]) => share >= 0.02).map(([image]) => looked(set.files[image] ?? '')));
    if (findDoubled(await looked(file), drawn).length > 0) doubled.push(file);
  }
  if (doubled.length > 0) tell(`doubled: ${doubled.join(' ')}`);
  const control = await withChecker(adapter, (nearest) => copies(set.files, nearest));
  // Each picture against the artworks it came from: a town has more edges than a face.
  const drawn = await Promise.all(set.files.map(sharpness));
  const sharpened = await Promise.all(made.map(async ({ file, sources }) => {
    const all = sources.reduce((sum, [, share]) => sum + share, 0);
    return (await sharpness(file)) / sources.reduce((sum, [image, share]) => sum + (share / all) * drawn[image], 0);
  }));
  return {
    hand: hand.id,
    pictures: made.length,
    'sharpness %': Math.round(100 * mean(sharpened)),
    'between seeds': round(mean(seeds)),
    'tag hit %': Math.round(100 * mean(hits)),
    'with a thing doubled': doubled.length,
    'most from one artwork %': Math.round(100 * mean(made.map(({ sources }) => sources[0]?.[1] ?? 0))),
    'nearest artwork, mean (least)': `${round(mean(made.map(({ distance }) => distance)))} (${round(Math.min(...made.map(({ distance }) => distance)))})`,
    'copies (control), mean (most)': `${round(mean(control))} (${round(Math.max(...control))})`,
  };
}

const begun = performance.now();
console.log(`${new Date().toISOString().slice(0, 16)}Z, Node ${process.version}, ${availableParallelism()} cores, load ${loadavg().map((load) => load.toFixed(1)).join(' ')} at the start${quick ? ', --quick' : ''}. Cold processes. Distances: RMSE at 32 pixels, 0..255.`);
if (only !== 'quality') await measureTimes();
if (only !== 'times') {
  const rows: Row[] = [];
  for (const hand of HANDS) {
    tell(`quality: ${hand.id}`);
    rows.push(await measureHand(hand));
  }
  print('Quality: 14 artworks a hand, 512×512, creativity 0.7', rows);
}
console.log(`\nLoad ${loadavg()[0]?.toFixed(1)} at the end; all took ${Math.round((performance.now() - begun) / 1000)} s.`);
