import { blocksOf, encodeAdapter, type Adapter, type AdapterImage } from './adapter.ts';
import { calibrate } from './calibrate.ts';
import { FINE_STEP } from './codec-kernels.ts';
import type { Emit, TrainDoneEvent } from './events.ts';
import { BLOCK_DIMS, covariance, iterate, MOMENTS, startRows, type Basis } from './klt.ts';
import { listArtworks, loadArtwork, type Artwork } from './load-images.ts';
import { Memory } from './memory.ts';
import { checkFolderOf, writeAtomically } from './output.ts';
import { Pool } from './pool.ts';
import { Progress } from './progress.ts';
import type { Raster } from './raster.ts';

export interface TrainOptions {
  images: string;
  meta?: string;
  out: string;
  /** 0 chooses from the number of pictures. */
  rank: number;
  threads: number;
  maxMemoryMb?: number;
}

const COVARIANCE_BLOCKS = 24_000;
const MOMENT_GROUPS = 16;
const FIT_STEPS = 40;
/** Coefficients an adapter holds in all, about its size in bytes. */
const COEFFICIENT_BUDGET = 6e6;
export const MIN_RANK = 32;
export const MAX_RANK = 96;

export const chooseRank = (blocks: number): number => Math.max(MIN_RANK, Math.min(MAX_RANK, Math.floor(COEFFICIENT_BUDGET / blocks)));

async function load(artworks: readonly Artwork[], memory: Memory, parallel: number, progress: Progress): Promise<Raster[]> {
  const pictures: Raster[] = new Array(artworks.length);
  let next = 0;
  let done = 0;
  progress.step('load', 0, artworks.length);
  const lane = async () => {
    for (let i = next++; i < artworks.length; i = next++) {
      pictures[i] = await loadArtwork(artworks[i].path, memory);
      progress.step('load', ++done, artworks.length);
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return pictures;
}

async function fitBasis(pictures: Raster[], rank: number, blocks: number, memory: Memory, pool: Pool, progress: Progress): Promise<Basis> {
  const every = Math.max(1, Math.floor(blocks / COVARIANCE_BLOCKS));
  const sampled = Math.floor((blocks - 1) / every) + 1;
  const sums = memory.f64(MOMENT_GROUPS * MOMENTS);
  progress.step('covariance', 0, MOMENT_GROUPS);
  await pool.run('moments', { pictures, every, sampled, groups: MOMENT_GROUPS, sums }, MOMENT_GROUPS, (taken) => progress.step('covariance', taken, MOMENT_GROUPS));
  const total = sums.slice(0, MOMENTS);
  for (let g = 1; g < MOMENT_GROUPS; g++) for (let i = 0; i < MOMENTS; i++) total[i] += sums[g * MOMENTS + i];
  progress.step('covariance', MOMENT_GROUPS, MOMENT_GROUPS);
  const { mean, matrix } = covariance(total, sampled);
  const rows = startRows(rank);
  for (let step = 1; step <= FIT_STEPS; step++) {
    iterate(rows, rank, matrix);
    progress.step('fit', step, FIT_STEPS);
    // Signals and the event loop get their turn.
    await new Promise(setImmediate);
  }
  const vectors = memory.f32(rows.length);
  vectors.set(rows);
  const shared = memory.f32(BLOCK_DIMS);
  shared.set(mean);
  return { rank, mean: shared, vectors };
}

async function encode(pictures: Raster[], firstBlock: number[], basis: Basis, blocks: number, memory: Memory, pool: Pool, progress: Progress) {
  const { rank } = basis;
  const fine = new Int16Array(memory.u8(blocks * rank * 2).buffer);
  const largest = memory.f32(pictures.length * rank);
  progress.step('encode', 0, pictures.length);
  await pool.run('project', { pictures, firstBlock, basis, out: fine, largest }, pictures.length, (taken) => progress.step('encode', taken, pictures.length + 1));
  const scale = new Float32Array(rank);
  for (let i = 0; i < largest.length; i++) scale[i % rank] = Math.max(scale[i % rank], largest[i] / 127);
  const coefficients = new Int8Array(blocks * rank);
  const factor = Float64Array.from(scale, (s) => (s > 0 ? FINE_STEP / s : 0));
  for (let i = 0, a = 0; i < coefficients.length; i++) {
    coefficients[i] = Math.max(-127, Math.min(127, Math.round(fine[i] * factor[a])));
    if (++a === rank) a = 0;
  }
  return { scale, coefficients };
}

/** Learns a style from a folder of artworks and writes the adapter. */
export async function train(options: TrainOptions, emit: Emit): Promise<TrainDoneEvent> {
  const memory = new Memory(options.maxMemoryMb);
  const artworks = await listArtworks(options.images, options.meta);
  emit({ event: 'start', phase: 'train', images: artworks.length });
  const progress = new Progress(emit, [
    ['load', 3],
    ['covariance', 1],
    ['fit', 0.5],
    ['calibrate', 2],
    ['encode', 1.5],
  ]);
  await checkFolderOf(options.out);
  const pool = Pool.start(options.threads);
  try {
    const pictures = await load(artworks, memory, options.threads, progress);
    memory.check();
    const firstBlock: number[] = [];
    let blocks = 0;
    for (const picture of pictures) {
      firstBlock.push(blocks);
      blocks += blocksOf(picture);
    }
    const rank = options.rank > 0 ? options.rank : chooseRank(blocks);
    const basis = await fitBasis(pictures, rank, blocks, memory, pool, progress);
    const { loss, ...schedule } = await calibrate(pictures, memory, pool, progress);
    const { scale, coefficients } = await encode(pictures, firstBlock, basis, blocks, memory, pool, progress);
    memory.check();
    const vocabulary = [...new Set(artworks.flatMap((artwork) => artwork.tags))].sort();
    const images: AdapterImage[] = pictures.map(({ width, height }, n) => ({ width, height, firstBlock: firstBlock[n], tags: artworks[n].tags }));
    const adapter: Adapter = { basis, scale, coefficients, images, vocabulary, schedule };
    const bytes = await writeAtomically(options.out, encodeAdapter(adapter));
    progress.step('encode', 1, 1);
    const done: TrainDoneEvent = {
      event: 'done',
      phase: 'train',
      out: options.out,
      images: images.length,
      bytes,
      rank,
      loss,
      radii: [...schedule.radii],
      ms: progress.ms,
    };
    emit(done);
    return done;
  } finally {
    await pool.close();
  }
}
