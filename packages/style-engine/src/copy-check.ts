import type { Level } from './exemplars.ts';
import { PAD } from './patchmatch.ts';

/** Under this distance a picture counts as a copy. Crops that fall between those tried can measure more, in hard-edged work much more. */
export const COPY_DISTANCE = 10;

export interface Nearest {
  image: number;
  /** Root mean square difference at 32 pixels, 0..255. */
  distance: number;
}

const ZOOMS = [1, 1.12, 1.25, 1.4];

/** Root mean square difference between a small picture and a crop of an exemplar of level 64. */
function cropDistance(small: ArrayLike<number>, width: number, height: number, level: Level, e: number, crop: { x: number; y: number; w: number; h: number }, limit: number): number {
  const { exemplars } = level;
  const { pixels, base } = exemplars;
  const ew = exemplars.width[e];
  const eh = exemplars.height[e];
  const stride = (ew + 2 * PAD) * 3;
  const stop = limit * limit * width * height * 3;
  let sum = 0;
  for (let y = 0; y < height; y++) {
    const v = Math.max(0, Math.min(eh - 1.001, (crop.y + (crop.h * (y + 0.5)) / height) * eh - 0.5));
    const v0 = Math.floor(v);
    const tv = v - v0;
    for (let x = 0; x < width; x++) {
      const u = Math.max(0, Math.min(ew - 1.001, (crop.x + (crop.w * (x + 0.5)) / width) * ew - 0.5));
      const u0 = Math.floor(u);
      const tu = u - u0;
      const i = base[e] + (v0 + PAD) * stride + (u0 + PAD) * 3;
      for (let c = 0; c < 3; c++) {
        const top = pixels[i + c] * (1 - tu) + pixels[i + 3 + c] * tu;
        const bottom = pixels[i + stride + c] * (1 - tu) + pixels[i + stride + 3 + c] * tu;
        const d = small[(y * width + x) * 3 + c] - (top * (1 - tv) + bottom * tv);
        sum += d * d;
      }
    }
    if (sum > stop) return limit;
  }
  return Math.sqrt(sum / (width * height * 3));
}

/** The artwork a small picture (short side 32) is most like, over mirror images, zooms and crops. */
export function nearestArtwork(small: ArrayLike<number>, width: number, height: number, level: Level): Nearest {
  let nearest: Nearest = { image: level.images[0] ?? 0, distance: Number.POSITIVE_INFINITY };
  level.images.forEach((image, k) => {
    const ew = level.exemplars.width[2 * k];
    const eh = level.exemplars.height[2 * k];
    const ratio = width / height / (ew / eh);
    const shapes = [{ w: 1, h: 1 }];
    if (Math.abs(ratio - 1) > 0.02) shapes.push(ratio > 1 ? { w: 1, h: 1 / ratio } : { w: ratio, h: 1 });
    for (const shape of shapes) {
      for (const zoom of ZOOMS) {
        const w = shape.w / zoom;
        const h = shape.h / zoom;
        const across = w > 0.999 ? [0] : [0, 0.25, 0.5, 0.75, 1];
        const down = h > 0.999 ? [0] : [0, 0.25, 0.5, 0.75, 1];
        for (const ax of across) {
          for (const ay of down) {
            const crop = { x: (1 - w) * ax, y: (1 - h) * ay, w, h };
            for (const flip of [0, 1]) {
              const distance = cropDistance(small, width, height, level, 2 * k + flip, crop, nearest.distance);
              if (distance < nearest.distance) nearest = { image, distance };
            }
          }
        }
      }
    }
  });
  return nearest;
}

/**
 * Makes something until it is at least `enough` away from every artwork, at most `tries` times; of what stayed too close, the farthest. `make`
 * hears which try it is, or says that it can make no more.
 */
export async function farthestOf<T extends { distance: number }>(tries: number, enough: number, make: (index: number) => Promise<T | undefined>): Promise<T> {
  let farthest: T | undefined;
  for (let index = 0; index < tries && (farthest === undefined || farthest.distance < enough); index++) {
    const made = await make(index);
    if (made === undefined) break;
    if (farthest === undefined || made.distance > farthest.distance) farthest = made;
  }
  if (farthest === undefined) throw new Error('nothing was made');
  return farthest;
}
