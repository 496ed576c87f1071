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
  const red = new Float64Array(VOTES);
  const green = new Float64Array(VOTES);
  const blue = new Float64Array(VOTES);
  const weight = new Float64Array(VOTES);
  const narrow = bandwidth * bandwidth;
  for (let y = y0; y < y1; y++) {
    for (let x = 0; x < width; x++) {
      let n = 0;
      let total = 0;
      let r = 0;
      let g = 0;
      let b = 0;
      let lowR = 255;
      let highR = 0;
      let lowG = 255;
      let highG = 0;
      let lowB = 255;
      let highB = 0;
      for (let dy = -2; dy <= 2; dy++) {
        const ny = y + dy;
        if (ny < 0 || ny >= height) continue;
        for (let dx = -2; dx <= 2; dx++) {
          const nx = x + dx;
          if (nx < 0 || nx >= width) continue;
          const q = ny * width + nx;
          const f = field[q];
          const e = exemplarOf(f);
          const stride = (exemplarWidth[e] + 2 * PAD) * 3;
          const i = base[e] + (rowOf(f) - dy + PAD) * stride + (columnOf(f) - dx + PAD) * 3;
          const w = gauss[(dy + 2) * 5 + dx + 2] / (1 + 2e-5 * cost[q]);
          const pr = pixels[i];
          const pg = pixels[i + 1];
          const pb = pixels[i + 2];
          red[n] = pr;
          green[n] = pg;
          blue[n] = pb;
          weight[n] = w;
          n++;
          total += w;
          r += w * pr;
          g += w * pg;
          b += w * pb;
          if (pr < lowR) lowR = pr;
          if (pr > highR) highR = pr;
          if (pg < lowG) lowG = pg;
          if (pg > highG) highG = pg;
          if (pb < lowB) lowB = pb;
          if (pb > highB) highB = pb;
        }
      }
      const o = (y + PAD) * outStride + (x + PAD) * 3;
      const range = Math.max(highR - lowR, highG - lowG, highB - lowB);
      if (bandwidth === 0 || range <= 2) {
        out[o] = Math.round(r / total);
        out[o + 1] = Math.round(g / total);
        out[o + 2] = Math.round(b / total);
        continue;
      }
      // The vote with the most support near its own colour; the mean of an edge's two sides is neither.
      let bestSupport = -1;
      let bestVote = 0;
      for (let i = 0; i < n; i++) {
        let support = 0;
        for (let j = 0; j < n; j++) {
          const dr = red[i] - red[j];
          const dg = green[i] - green[j];
          const db = blue[i] - blue[j];
          support += weight[j] / (1 + (dr * dr + dg * dg + db * db) / narrow) ** 2;
        }
        // Among equals, the patch that fits this pixel best speaks.
        support += 0.5 * weight[i];
        if (support > bestSupport) {
          bestSupport = support;
          bestVote = i;
        }
      }
      out[o] = red[bestVote];
      out[o + 1] = green[bestVote];
      out[o + 2] = blue[bestVote];
    }
  }
}
