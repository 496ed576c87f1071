import { columnOf, exemplarOf, PAD, rowOf } from './patchmatch.ts';

export interface VoteArgs {
  width: number;
  height: number;
  field: Int32Array;
  cost: Int32Array;
  pixels: Uint8Array;
  base: Int32Array;
  exemplarWidth: Int32Array;
  /** Spread of the votes, pixels. */
  spread: number;
  /** How far away a patch may be to vote (1: nine votes, 2: twenty-five). */
  reach: number;
  /** 0: weighted mean of the votes. Above 0: the strongest cluster of votes within this colour distance, so that edges stay edges. */
  bandwidth: number;
  /** Padded picture to write (inside only). */
  out: Uint8Array;
  /**
   * The exemplars blurred, for adding detail: what a match has beyond its own blur (the mean over the votes) is laid on the enlarged picture that
   * `out` holds, so that lines stay where they are and only become sharp.
   */
  keys?: Uint8Array;
  rows: number;
}

const MOST_VOTES = 25;

/** Whether all patches that cover a pixel copy one stretch of an artwork, so that there is nothing to vote on. */
function isCopied(field: Int32Array, width: number, height: number, x: number, y: number, reach: number): boolean {
  const x0 = -Math.min(x, reach);
  const x1 = Math.min(width - 1 - x, reach);
  const y0 = -Math.min(y, reach);
  const y1 = Math.min(height - 1 - y, reach);
  const p = y * width + x;
  const f = field[p];
  for (let dy = y0; dy <= y1; dy++) {
    const row = p + dy * width;
    const straight = f + (dy << 10);
    for (let dx = x0; dx <= x1; dx++) if (field[row + dx] !== straight + dx) return false;
  }
  return true;
}

/** Adds to one pixel what its votes have beyond their blur, within the colours that were voted for: no halo beside a line. */
function addDetail(out: Uint8Array, o: number, pixels: Uint8Array, keys: Uint8Array, place: Int32Array, weight: Float64Array, n: number): void {
  for (let c = 0; c < 3; c++) {
    let total = 0;
    let sum = 0;
    let low = 255;
    let high = 0;
    for (let k = 0; k < n; k++) {
      const i = place[k] + c;
      const w = weight[k];
      const value = pixels[i];
      total += w;
      sum += w * (value - keys[i]);
      if (value < low) low = value;
      if (value > high) high = value;
    }
    const plain = out[o + c];
    // What the enlarged picture already has may stay.
    out[o + c] = Math.max(Math.min(low, plain), Math.min(Math.max(high, plain), Math.round(plain + sum / total)));
  }
}

/** Each pixel hears the patches around it that cover it and takes their mean, or their strongest opinion. */
export function voteStrip(args: VoteArgs, strip: number): void {
  const { width, height, field, cost, pixels, base, exemplarWidth, bandwidth, reach, out, keys } = args;
  const span = 2 * reach + 1;
  const votes = span * span;
  const outStride = (width + 2 * PAD) * 3;
  const y0 = strip * args.rows;
  const y1 = Math.min(height, y0 + args.rows);
  const gauss = new Float64Array(MOST_VOTES);
  for (let i = 0; i < votes; i++) gauss[i] = Math.exp(-(((i % span) - reach) ** 2 + (Math.floor(i / span) - reach) ** 2) / (2 * args.spread * args.spread));
  // Neighbours that copy the same stretch of an artwork vote for the same pixel of it: votes are gathered per pixel voted for, mostly one or two.
  const place = new Int32Array(MOST_VOTES);
  const weight = new Float64Array(MOST_VOTES);
  const red = new Float64Array(MOST_VOTES);
  const green = new Float64Array(MOST_VOTES);
  const blue = new Float64Array(MOST_VOTES);
  const support = new Float64Array(MOST_VOTES);
  const narrow = bandwidth * bandwidth;
  // What each patch around the strip votes for and how much it is worth, once instead of 9 or 25 times.
  const first = Math.max(0, y0 - reach) * width;
  const heard = Math.min(height, y1 + reach) * width - first;
  const origin = new Int32Array(heard);
  const stride = new Int32Array(heard);
  const worth = new Float64Array(heard);
  for (let q = 0; q < heard; q++) {
    const f = field[first + q];
    const e = exemplarOf(f);
    stride[q] = (exemplarWidth[e] + 2 * PAD) * 3;
    origin[q] = base[e] + (rowOf(f) + PAD) * stride[q] + (columnOf(f) + PAD) * 3;
    worth[q] = 1 / (1 + 2e-5 * cost[first + q]);
  }
  for (let y = y0; y < y1; y++) {
    for (let x = 0; x < width; x++) {
      const o = (y + PAD) * outStride + (x + PAD) * 3;
      if (keys === undefined && isCopied(field, width, height, x, y, reach)) {
        const i = origin[y * width + x - first];
        out[o] = pixels[i];
        out[o + 1] = pixels[i + 1];
        out[o + 2] = pixels[i + 2];
        continue;
      }
      let n = 0;
      const left = Math.max(-reach, -x);
      const right = Math.min(reach, width - 1 - x);
      for (let dy = -reach; dy <= reach; dy++) {
        const ny = y + dy;
        if (ny < 0 || ny >= height) continue;
        for (let dx = left; dx <= right; dx++) {
          const nx = x + dx;
          const q = ny * width + nx - first;
          const i = origin[q] - dy * stride[q] - dx * 3;
          const w = gauss[(dy + reach) * span + dx + reach] * worth[q];
          let k = n - 1;
          while (k >= 0 && place[k] !== i) k--;
          if (k >= 0) weight[k] += w;
          else {
            place[n] = i;
            weight[n] = w;
            n++;
          }
        }
      }
      if (keys !== undefined) {
        addDetail(out, o, pixels, keys, place, weight, n);
        continue;
      }
      let best = place[0];
      if (n > 1 && bandwidth === 0) {
        let total = 0;
        let r = 0;
        let g = 0;
        let b = 0;
        for (let i = 0; i < n; i++) {
          const w = weight[i];
          total += w;
          r += w * pixels[place[i]];
          g += w * pixels[place[i] + 1];
          b += w * pixels[place[i] + 2];
        }
        out[o] = Math.round(r / total);
        out[o + 1] = Math.round(g / total);
        out[o + 2] = Math.round(b / total);
        continue;
      }
      if (n > 1) {
        // The vote with the most support near its own colour; the mean of an edge's two sides is neither. Among equals, the pixel most patches
        // mean speaks.
        for (let i = 0; i < n; i++) {
          const at = place[i];
          const r = pixels[at];
          const g = pixels[at + 1];
          const b = pixels[at + 2];
          red[i] = r;
          green[i] = g;
          blue[i] = b;
          let sum = 1.5 * weight[i];
          for (let j = 0; j < i; j++) {
            const dr = r - red[j];
            const dg = g - green[j];
            const db = b - blue[j];
            const near = 1 + (dr * dr + dg * dg + db * db) / narrow;
            const likeness = 1 / (near * near);
            sum += weight[j] * likeness;
            support[j] += weight[i] * likeness;
          }
          support[i] = sum;
        }
        let most = 0;
        for (let i = 1; i < n; i++) if (support[i] > support[most]) most = i;
        best = place[most];
      }
      out[o] = pixels[best];
      out[o + 1] = pixels[best + 1];
      out[o + 2] = pixels[best + 2];
    }
  }
}
