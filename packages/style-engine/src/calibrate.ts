import { SHIFT } from './denoise.ts';
import type { Memory } from './memory.ts';
import type { Pool } from './pool.ts';
import type { Progress } from './progress.ts';
import { areaResize, type Raster } from './raster.ts';
import { mulberry32, normals } from './rng.ts';
import { CALIBRATION_RADII, CALIBRATION_SIGMAS } from './schedule.ts';

const SIDE = 32;
const MAX_HELD = 6;
/** More pictures than this add time, not truth. */
const MAX_OTHERS = 30;

/** The middle square of a picture. */
function middle(picture: Raster): Raster {
  const side = Math.min(picture.width, picture.height);
  if (picture.width === picture.height) return picture;
  const left = (picture.width - side) >> 1;
  const top = (picture.height - side) >> 1;
  const rgb = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    const from = ((top + y) * picture.width + left) * 3;
    rgb.set(picture.rgb.subarray(from, from + side * 3), y * side * 3);
  }
  return { rgb, width: side, height: side };
}

/** `count` numbers spread evenly over 0..n−1. */
const spread = (n: number, count: number): number[] => Array.from({ length: Math.min(n, count) }, (_, i) => Math.floor((i * n) / Math.min(n, count)));

/** Copies a square picture (0..255) into a padded one (0..1), edges continued. */
function pad(from: Float32Array, to: Float32Array, at: number, mirrored: boolean): void {
  const padded = SIDE + 2 * SHIFT;
  for (let y = 0; y < padded; y++) {
    const v = Math.max(0, Math.min(SIDE - 1, y - SHIFT));
    for (let x = 0; x < padded; x++) {
      const u = Math.max(0, Math.min(SIDE - 1, x - SHIFT));
      for (let c = 0; c < 3; c++) to[at + (y * padded + x) * 3 + c] = from[(v * SIDE + (mirrored ? SIDE - 1 - u : u)) * 3 + c] / 255;
    }
  }
}

export interface Calibration {
  sigmas: Float32Array;
  radii: Float32Array;
  /** The validation loss: RMSE (0..1) at which held-out artworks come back from noise, mean over the noise levels, each with its best window. */
  loss: number;
}

/**
 * Finds, for each noise level, the window at which held-out artworks are best explained by the others. Windows are tried from whole pictures down;
 * the loss reported after each is that of the best schedule so far, so it falls or stays and its values compare.
 */
export async function calibrate(pictures: Raster[], memory: Memory, pool: Pool, progress: Progress): Promise<Calibration> {
  const n = pictures.length;
  const size = (SIDE + 2 * SHIFT) ** 2 * 3;
  const thumbnails = memory.f32(n * 2 * size);
  pictures.forEach((picture, i) => {
    const small = areaResize(middle(picture), SIDE, SIDE);
    pad(small, thumbnails, 2 * i * size, false);
    pad(small, thumbnails, (2 * i + 1) * size, true);
  });
  const held = spread(n, MAX_HELD);
  const others = held.map((h) => spread(n - 1, MAX_OTHERS).flatMap((i) => (i < h ? [2 * i, 2 * i + 1] : [2 * i + 2, 2 * i + 3])));
  const noise = memory.f32(held.length * SIDE * SIDE * 3);
  const normal = normals(mulberry32(7));
  for (let i = 0; i < noise.length; i++) noise[i] = normal();
  const sigmas = CALIBRATION_SIGMAS;
  const errors = memory.f64(held.length * sigmas.length);
  const best = sigmas.map(() => ({ radius: 0, rmse: Number.POSITIVE_INFINITY }));
  const loss = () => best.reduce((sum, { rmse }) => sum + rmse, 0) / best.length;
  const steps = CALIBRATION_RADII.length * sigmas.length;
  progress.step('calibrate', 0, steps);
  for (const [tried, radius] of [...CALIBRATION_RADII].reverse().entries()) {
    await pool.run('calibrate', { thumbnails, side: SIDE, held, others, noise, sigmas, radius, errors }, held.length);
    best.forEach((found, l) => {
      let sum = 0;
      for (let h = 0; h < held.length; h++) sum += errors[h * sigmas.length + l];
      const rmse = Math.sqrt(sum / (held.length * 3));
      if (rmse < found.rmse) Object.assign(found, { radius, rmse });
    });
    progress.step('calibrate', (tried + 1) * sigmas.length, steps, loss());
  }
  return { sigmas: Float32Array.from(sigmas), radii: Float32Array.from(best, ({ radius }) => radius), loss: loss() };
}
