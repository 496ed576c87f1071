import { BLOCK, reduceBasis } from './klt.ts';
import type { Adapter } from './adapter.ts';
import type { Memory } from './memory.ts';
import { PAD, type Exemplars } from './patchmatch.ts';
import type { Pool } from './pool.ts';

/** Most artworks one picture draws on. */
export const MAX_EXEMPLARS = 12;
const DECODE_STRIPS = 4;

/** Artworks at one size, each plain (2k) and mirrored (2k+1); where wanted, with their half-size blur for matching against coarser pictures. */
export interface Level {
  exemplars: Exemplars;
  keys: Uint8Array;
  /** Artwork of exemplar pair k. */
  images: number[];
}

/**
 * Decoded artworks of one size in a fixed number of slots. What is in a slot stays for the next picture, so several pictures in one run decode
 * an artwork once; the longest unused one gives way.
 */
export class ExemplarStore {
  private readonly adapter: Adapter;
  private readonly pool: Pool;
  private readonly side: number;
  private readonly pixels: Uint8Array;
  private readonly keys: Uint8Array;
  private readonly slotBytes: number;
  private readonly slots: number[];
  private readonly lastUse: number[];
  private readonly reduced: { mean: Float32Array; vectors: Float32Array };
  private clock = 0;

  /** `side`: pixels a block of 8 becomes each way (1, 2, 4, 8); `slots`: artworks held at once; `withKeys`: whether blurred ones are wanted too. */
  constructor(adapter: Adapter, side: number, slots: number, memory: Memory, pool: Pool, withKeys = false) {
    this.adapter = adapter;
    this.pool = pool;
    this.side = side;
    this.slotBytes = Math.max(...adapter.images.map((image) => this.paddedBytes(image)));
    this.pixels = memory.u8(slots * 2 * this.slotBytes);
    this.keys = memory.u8(withKeys ? slots * 2 * this.slotBytes : 0);
    this.slots = new Array<number>(slots).fill(-1);
    this.lastUse = new Array<number>(slots).fill(0);
    const { mean, vectors } = reduceBasis(adapter.basis, side);
    this.reduced = { mean: memory.f32(mean.length), vectors: memory.f32(vectors.length) };
    this.reduced.mean.set(mean);
    this.reduced.vectors.set(vectors);
  }

  private size(image: { width: number; height: number }): { width: number; height: number } {
    return { width: (image.width / BLOCK) * this.side, height: (image.height / BLOCK) * this.side };
  }
  private paddedBytes(image: { width: number; height: number }): number {
    const { width, height } = this.size(image);
    return (width + 2 * PAD) * (height + 2 * PAD) * 3;
  }

  /** Makes sure these artworks are decoded and returns them as exemplars, in this order. */
  async select(images: readonly number[]): Promise<Level> {
    this.clock++;
    const missing = images.filter((image) => !this.slots.includes(image));
    for (const image of images) if (this.slots.includes(image)) this.lastUse[this.slots.indexOf(image)] = this.clock;
    for (const image of missing) {
      let oldest = 0;
      for (let s = 1; s < this.slots.length; s++) if (this.lastUse[s] < this.lastUse[oldest]) oldest = s;
      this.slots[oldest] = image;
      this.lastUse[oldest] = this.clock;
    }
    if (missing.length > 0) await this.decode(missing);
    return { exemplars: this.exemplars(images), keys: this.keys, images: [...images] };
  }

  private exemplars(images: readonly number[]): Exemplars {
    const n = images.length * 2;
    const base = new Int32Array(n);
    const width = new Int32Array(n);
    const height = new Int32Array(n);
    images.forEach((image, k) => {
      const slot = this.slots.indexOf(image);
      const size = this.size(this.adapter.images[image]);
      for (const flip of [0, 1]) {
        base[2 * k + flip] = (2 * slot + flip) * this.slotBytes;
        width[2 * k + flip] = size.width;
        height[2 * k + flip] = size.height;
      }
    });
    return { pixels: this.pixels, base, width, height, penalty: new Int32Array(n), placed: new Uint8Array(n) };
  }

  private async decode(images: readonly number[]): Promise<void> {
    const { base, width, height } = this.exemplars(images);
    const { coefficients, scale, basis } = this.adapter;
    const chosen = images.map((image) => this.adapter.images[image]);
    await this.pool.run(
      'decode',
      {
        coefficients,
        scale,
        rank: basis.rank,
        side: this.side,
        ...this.reduced,
        firstBlock: chosen.map((image) => image.firstBlock),
        across: chosen.map((image) => image.width / BLOCK),
        down: chosen.map((image) => image.height / BLOCK),
        strips: DECODE_STRIPS,
        pixels: this.pixels,
        base,
      },
      images.length * DECODE_STRIPS,
    );
    await this.pool.run('finish', { pixels: this.pixels, keys: this.keys, base, width, height }, images.length * 2);
  }
}
