import { placeAt, type Places } from './layout.ts';
import { columnOf, exemplarOf, packPosition, PAD, rowOf, type Exemplars } from './patchmatch.ts';

const clamp = (value: number, high: number) => Math.max(0, Math.min(high, value));

/** A picture and the strip of rows of the larger one to fill from it, bilinearly. */
export interface EnlargeArgs {
  from: { rgb: ArrayLike<number>; width: number; height: number; pad: number };
  /** Padded by PAD; only the inside is written. */
  to: { target: Uint8Array; width: number; height: number };
  rows: number;
}

/** Fills a strip of a canvas with a smaller picture, enlarged bilinearly. */
export function enlargeStrip({ from, to, rows }: EnlargeArgs, strip: number): void {
  const { rgb, pad } = from;
  const { target } = to;
  const stride = (to.width + 2 * PAD) * 3;
  const fromStride = (from.width + 2 * pad) * 3;
  for (let y = strip * rows; y < Math.min(to.height, (strip + 1) * rows); y++) {
    const fy = Math.max(0, Math.min(from.height - 1, ((y + 0.5) * from.height) / to.height - 0.5));
    const y0 = Math.floor(fy);
    const y1 = Math.min(from.height - 1, y0 + 1);
    const ty = fy - y0;
    for (let x = 0; x < to.width; x++) {
      const fx = Math.max(0, Math.min(from.width - 1, ((x + 0.5) * from.width) / to.width - 0.5));
      const x0 = Math.floor(fx);
      const x1 = Math.min(from.width - 1, x0 + 1);
      const tx = fx - x0;
      const o = (y + PAD) * stride + (x + PAD) * 3;
      const a = (y0 + pad) * fromStride + pad * 3;
      const b = (y1 + pad) * fromStride + pad * 3;
      for (let c = 0; c < 3; c++) {
        const top = rgb[a + x0 * 3 + c] * (1 - tx) + rgb[a + x1 * 3 + c] * tx;
        const bottom = rgb[b + x0 * 3 + c] * (1 - tx) + rgb[b + x1 * 3 + c] * tx;
        target[o + c] = Math.max(0, Math.min(255, Math.round(top * (1 - ty) + bottom * ty)));
      }
    }
  }
}

/** Pixels of a coarser level within which a match still counts as the view's own. */
const LOYAL = 2;

/** A coarser field, the exemplars it points into, and the finer field to make of it. */
export interface EnlargeFieldArgs {
  from: { field: Int32Array; width: number; height: number };
  fromExemplars: Pick<Exemplars, 'width' | 'height'>;
  to: { field: Int32Array; width: number; height: number };
  exemplars: Pick<Exemplars, 'width' | 'height'>;
  /** Per exemplar pair of the coarser level: its number at this one (−1: gone) and in the layout. */
  renumber: number[];
  origin: number[];
  layout: Places;
  rows: number;
}

/**
 * The field of a coarser level at this one. Where matching left the view alone the view is asked again, at this level's precision: a mast that
 * leans stays one line. Elsewhere every match continues inside its pixel.
 */
export function enlargeFieldStrip(args: EnlargeFieldArgs, strip: number): void {
  const { from, fromExemplars, to, exemplars, renumber, origin, layout } = args;
  const place = { exemplar: 0, u: 0, v: 0 };
  for (let y = strip * args.rows; y < Math.min(to.height, (strip + 1) * args.rows); y++) {
    const fy = Math.min(from.height - 1, Math.floor((y * from.height) / to.height));
    for (let x = 0; x < to.width; x++) {
      const fx = Math.min(from.width - 1, Math.floor((x * from.width) / to.width));
      const f = from.field[fy * from.width + fx];
      const old = exemplarOf(f);
      const e = 2 * Math.max(0, renumber[old >> 1]) + (old & 1);
      const ew = exemplars.width[e];
      const eh = exemplars.height[e];
      const scaleX = ew / fromExemplars.width[old];
      const scaleY = eh / fromExemplars.height[old];
      let u = Math.floor(columnOf(f) * scaleX) + (scaleX > 1 ? x & 1 : 0);
      let v = Math.floor(rowOf(f) * scaleY) + (scaleY > 1 ? y & 1 : 0);
      placeAt(layout, ((x + 0.5) * layout.width) / to.width, ((y + 0.5) * layout.height) / to.height, place);
      if (place.exemplar === 2 * origin[old >> 1] + (old & 1)) {
        const pu = Math.floor(place.u * ew);
        const pv = Math.floor(place.v * eh);
        if (Math.abs(pu - u) <= LOYAL * scaleX && Math.abs(pv - v) <= LOYAL * scaleY) {
          u = pu;
          v = pv;
        }
      }
      to.field[y * to.width + x] = packPosition(e, clamp(u, ew - 1), clamp(v, eh - 1));
    }
  }
}
