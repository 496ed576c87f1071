/** Times, memory and quality figures, printed as tables. `npm run bench [-- quick] [times | quality]`. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { loadAdapter } from '../src/adapter.ts';
import { nearestArtwork } from '../src/copy-check.ts';
import { ExemplarStore } from '../src/exemplars.ts';
import { Memory } from '../src/memory.ts';
import { Pool } from '../src/pool.ts';
import { areaResize } from '../src/raster.ts';
import { HANDS } from '../testsets/index.ts';
import { drawSet, RESULTS, runEngine, tellingTag } from './workshop.ts';

const quick = process.argv.includes('quick');
const only = process.argv.find((word) => word === 'times' || word === 'quality');
const folder = join(RESULTS, 'bench');
await mkdir(folder, { recursive: true });
const table = (title: string, rows: Record<string, string | number>[]) => {
  console.log(`\n${title}`);
  console.table(rows);
};
const round = (value: number, digits = 1) => Number(value.toFixed(digits));

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
const small = async (file: string, side = 32) => {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return areaResize({ rgb: data, width: info.width, height: info.height }, side, side);
};
const apart = (a: Float32Array, b: Float32Array) => Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** Cold processes, one hand. */
async function measureTimes(): Promise<void> {
  const hand = HANDS[0];
  const counts = quick ? [12] : [12, 50, 100];
  const training: Record<string, string | number>[] = [];
  const adapters = new Map<number, string>();
  for (const count of counts) {
    const set = await drawSet(hand, count, join(folder, `train-${count}`));
    const adapter = join(folder, `train-${count}.safetensors`);
    adapters.set(count, adapter);
    for (const threads of count === 12 ? [1, 2] : [2]) {
      const run = await runEngine(['train', '--images', set.folder, '--meta', join(set.folder, 'meta.json'), '--out', adapter, '--threads', String(threads)]);
      training.push({ images: count, threads, seconds: round(run.seconds), 'cpu s': round(run.cpuSeconds), 'peak MB': Math.round(run.peakMb) });
    }
  }
  table('Training', training);

  const generating: Record<string, string | number>[] = [];
  for (const [width, height] of [[512, 512], [512, 1024], [1024, 1024]]) {
    for (const threads of [1, 2]) {
      const run = await runEngine(['generate', '--adapter', adapters.get(12) ?? '', '--prompt', 'mountain', '--seed', '3', '--width', String(width), '--height', String(height), '--threads', String(threads), '--out', join(folder, 'time.png')]);
      generating.push({ size: `${width}×${height}`, threads, seconds: round(run.seconds), 'cpu s': round(run.cpuSeconds), 'peak MB': Math.round(run.peakMb) });
    }
  }
  table('Generating, cold process', generating);
}

/** Every hand. */
async function measureQuality(): Promise<void> {
  const quality: Record<string, string | number>[] = [];
  for (const { id, subjects, ...rest } of HANDS) {
    const set = await drawSet({ id, subjects, ...rest }, 14, join(folder, id));
    const adapter = join(folder, `${id}.safetensors`);
    await runEngine(['train', '--images', set.folder, '--meta', join(set.folder, 'meta.json'), '--out', adapter]);
    const sharpSet = mean(await Promise.all(set.files.map(sharpness)));
    const made: { file: string; wanted: string; sources: [number, number][]; distance: number }[] = [];
    for (const [artwork, subject] of subjects.slice(0, quick ? 2 : 4).entries()) {
      const wanted = tellingTag(set, artwork, subjects.length);
      const out = join(folder, `${id}-${subject}.png`);
      const run = await runEngine(['generate', '--adapter', adapter, '--prompt', wanted, '--seed', '1', '--width', '512', '--height', '512', '--count', '3', '--out', out]);
      for (const event of run.events) if (event.event === 'done' && event.phase === 'generate') made.push({ file: event.out, wanted, sources: event.sources, distance: event.nearestTraining.distance });
    }
    const thumbs = await Promise.all(made.map(({ file }) => small(file)));
    const seeds: number[] = [];
    for (let i = 0; i < made.length; i++) for (let j = 0; j < i; j++) if (made[i].wanted === made[j].wanted) seeds.push(apart(thumbs[i], thumbs[j]));
    const hits = made.map(({ wanted, sources }) => sources.reduce((sum, [image, share]) => sum + (set.tags[image].includes(wanted) ? share : 0), 0));
    // Control: mirrored and cropped copies of the artworks, measured by the same rule.
    const pool = Pool.start(1);
    const loaded = await loadAdapter(adapter, new Memory());
    const store = new ExemplarStore(loaded, 1, loaded.images.length, new Memory(), pool);
    const level = await store.select(loaded.images.map((_, n) => n));
    const control: number[] = [];
    for (const file of set.files.slice(0, 6)) {
      const { width, height } = await sharp(file).metadata();
      const side = Math.floor(Math.min(width, height) * 0.87);
      const copy = await sharp(file).extract({ left: Math.floor((width - side) * 0.7), top: Math.floor((height - side) * 0.3), width: side, height: side }).flop().raw().toBuffer({ resolveWithObject: true });
      control.push(nearestArtwork(areaResize({ rgb: copy.data, width: copy.info.width, height: copy.info.height }, 32, 32), 32, 32, level).distance);
    }
    await pool.close();
    const row = {
      hand: id,
      'sharpness % of the artworks': Math.round((100 * mean(await Promise.all(made.map(({ file }) => sharpness(file))))) / sharpSet),
      'between seeds': round(mean(seeds)),
      'tag hit %': Math.round(100 * mean(hits)),
      'nearest artwork, mean': round(mean(made.map(({ distance }) => distance))),
      'nearest, least': round(Math.min(...made.map(({ distance }) => distance))),
      'copies (control), mean': round(mean(control)),
      'copies, most': round(Math.max(...control)),
    };
    quality.push(row);
    console.log(JSON.stringify(row));
  }
  table('Quality (distances: RMSE at 32 pixels, 0..255)', quality);
}

if (only !== 'quality') await measureTimes();
if (only !== 'times') await measureQuality();
