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
  /** 0: weighted mean of the votes. Above 0: the strongest cluster of votes within this colour distance, so that edges stay edges. */
  bandwidth: number;
  /** Padded picture to write (inside only). */
  out: Uint8Array;
  rows: number;
}

const VOTES = 25;

/** Each pixel hears the 25 patches that cover it and takes their mean, or their strongest opinion. */
export function voteStrip(args: VoteArgs, strip: number): void {
  const { width, height, field, cost, pixels, base, exemplarWidth, bandwidth, out } = args;
  const outStride = (width + 2 * PAD) * 3;
  const y0 = strip * args.rows;
  const y1 = Math.min(height, y0 + args.rows);
  const gauss = new Float64Array(VOTES);
  for (let i = 0; i < VOTES; i++) gauss[i] = Math.exp(-(((i % 5) - 2) ** 2 + (Math.floor(i / 5) - 2) ** 2) / (2 * args.spread * args.spread));
  // Neighbours that copy the same stretch of an artwork vote for the same pixel of it: votes are gathered per pixel voted for, mostly one or two.
  const place = new Int32Array(VOTES);
  const weight = new Float64Array(VOTES);
  const narrow = bandwidth * bandwidth;
  for (let y = y0; y < y1; y++) {
    for (let x = 0; x < width; x++) {
      let n = 0;
      for (let dy = -2; dy <= 2; dy++) {
        const ny = y + dy;
        if (ny < 0 || ny >= height) continue;
        for (let dx = -2; dx <= 2; dx++) {
          const nx = x + dx;
          if (nx < 0 || nx >= width) continue;
          const q = ny * width + nx;
          const f = field[q];
          const e = exemplarOf(f);
          const i = base[e] + ((rowOf(f) - dy + PAD) * (exemplarWidth[e] + 2 * PAD) + columnOf(f) - dx + PAD) * 3;
          const w = gauss[(dy + 2) * 5 + dx + 2] / (1 + 2e-5 * cost[q]);
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
      const o = (y + PAD) * outStride + (x + PAD) * 3;
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
        // The vote with the most support near its own colour; the mean of an edge's two sides is neither.
        let bestSupport = -1;
        for (let i = 0; i < n; i++) {
          const pi = place[i];
          // Among equals, the pixel most patches mean speaks.
          let support = 0.5 * weight[i];
          for (let j = 0; j < n; j++) {
            const pj = place[j];
            const dr = pixels[pi] - pixels[pj];
            const dg = pixels[pi + 1] - pixels[pj + 1];
            const db = pixels[pi + 2] - pixels[pj + 2];
            const near = 1 + (dr * dr + dg * dg + db * db) / narrow;
            support += weight[j] / (near * near);
          }
          if (support > bestSupport) {
            bestSupport = support;
            best = pi;
          }
        }
      }
      out[o] = pixels[best];
      out[o + 1] = pixels[best + 1];
      out[o + 2] = pixels[best + 2];
    }
  }
}
