/** Pictures as interleaved RGB bytes, and the few operations on them that several stages share. */
export interface Raster {
  rgb: Uint8Array;
  width: number;
  height: number;
}

/** Index of the mirror image of `i` within 0..n−1 (borders not repeated), for any i. */
export function reflect(i: number, n: number): number {
  if (n === 1) return 0;
  const period = 2 * (n - 1);
  const m = ((i % period) + period) % period;
  return m < n ? m : period - m;
}

/** Rows and columns `pad` beyond the picture are filled by reflection; `rgb` is (width+2·pad)×(height+2·pad) with its inside set. */
export function fillPadding(rgb: Uint8Array, at: number, width: number, height: number, pad: number): void {
  const stride = (width + 2 * pad) * 3;
  for (let y = 0; y < height; y++) {
    const row = at + (y + pad) * stride;
    for (let k = 1; k <= pad; k++) {
      const left = row + (pad - k) * 3;
      const leftFrom = row + (pad + reflect(-k, width)) * 3;
      const right = row + (pad + width - 1 + k) * 3;
      const rightFrom = row + (pad + reflect(width - 1 + k, width)) * 3;
      for (let c = 0; c < 3; c++) {
        rgb[left + c] = rgb[leftFrom + c];
        rgb[right + c] = rgb[rightFrom + c];
      }
    }
  }
  for (let k = 1; k <= pad; k++) {
    const top = at + (pad - k) * stride;
    const topFrom = at + (pad + reflect(-k, height)) * stride;
    const bottom = at + (pad + height - 1 + k) * stride;
    const bottomFrom = at + (pad + reflect(height - 1 + k, height)) * stride;
    rgb.copyWithin(top, topFrom, topFrom + stride);
    rgb.copyWithin(bottom, bottomFrom, bottomFrom + stride);
  }
}

/**
 * The picture as it looks after being halved (2×2 means) and enlarged again (bilinear): what a coarser level knows of it.
 * Both arrays carry padding; only the inside of `to` is written.
 */
export function halfBlur(from: Uint8Array, to: Uint8Array, at: number, width: number, height: number, pad: number): void {
  const stride = (width + 2 * pad) * 3;
  const halfWidth = (width + 1) >> 1;
  const halfHeight = (height + 1) >> 1;
  const half = new Float32Array(halfWidth * halfHeight * 3);
  for (let y = 0; y < halfHeight; y++) {
    const y1 = Math.min(height - 1, 2 * y + 1);
    for (let x = 0; x < halfWidth; x++) {
      const x1 = Math.min(width - 1, 2 * x + 1);
      const a = at + (2 * y + pad) * stride + (2 * x + pad) * 3;
      const b = at + (2 * y + pad) * stride + (x1 + pad) * 3;
      const c = at + (y1 + pad) * stride + (2 * x + pad) * 3;
      const d = at + (y1 + pad) * stride + (x1 + pad) * 3;
      const o = (y * halfWidth + x) * 3;
      for (let k = 0; k < 3; k++) half[o + k] = (from[a + k] + from[b + k] + from[c + k] + from[d + k]) / 4;
    }
  }
  for (let y = 0; y < height; y++) {
    const fy = Math.min(halfHeight - 1, Math.max(0, (y + 0.5) / 2 - 0.5));
    const y0 = Math.floor(fy);
    const y1 = Math.min(halfHeight - 1, y0 + 1);
    const ty = fy - y0;
    for (let x = 0; x < width; x++) {
      const fx = Math.min(halfWidth - 1, Math.max(0, (x + 0.5) / 2 - 0.5));
      const x0 = Math.floor(fx);
      const x1 = Math.min(halfWidth - 1, x0 + 1);
      const tx = fx - x0;
      const o = at + (y + pad) * stride + (x + pad) * 3;
      for (let k = 0; k < 3; k++) {
        const top = half[(y0 * halfWidth + x0) * 3 + k] * (1 - tx) + half[(y0 * halfWidth + x1) * 3 + k] * tx;
        const bottom = half[(y1 * halfWidth + x0) * 3 + k] * (1 - tx) + half[(y1 * halfWidth + x1) * 3 + k] * tx;
        to[o + k] = Math.round(top * (1 - ty) + bottom * ty);
      }
    }
  }
}

/** Shrinks by area averaging to any smaller size (also enlarges, by nearest cells). */
export function areaResize(from: Raster, width: number, height: number): Float32Array {
  const out = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const top = (y * from.height) / height;
    const bottom = ((y + 1) * from.height) / height;
    for (let x = 0; x < width; x++) {
      const left = (x * from.width) / width;
      const right = ((x + 1) * from.width) / width;
      let weight = 0;
      let r = 0;
      let g = 0;
      let b = 0;
      for (let v = Math.floor(top); v < Math.ceil(bottom) && v < from.height; v++) {
        const wy = Math.min(bottom, v + 1) - Math.max(top, v);
        for (let u = Math.floor(left); u < Math.ceil(right) && u < from.width; u++) {
          const w = wy * (Math.min(right, u + 1) - Math.max(left, u));
          const i = (v * from.width + u) * 3;
          r += w * from.rgb[i];
          g += w * from.rgb[i + 1];
          b += w * from.rgb[i + 2];
          weight += w;
        }
      }
      const o = (y * width + x) * 3;
      out[o] = r / weight;
      out[o + 1] = g / weight;
      out[o + 2] = b / weight;
    }
  }
  return out;
}

/**
 * The colour at (x, y) in pixels (centres at .5), clamped to the picture, bilinearly, into three numbers of `into`. `first`: where the first pixel
 * stands; `stride`: numbers a row. At least 2×2 pixels, three numbers each.
 */
export function bilinear(values: ArrayLike<number>, first: number, stride: number, width: number, height: number, x: number, y: number, into: Float64Array): void {
  const fx = Math.max(0, Math.min(width - 1, x - 0.5));
  const fy = Math.max(0, Math.min(height - 1, y - 0.5));
  const x0 = Math.min(width - 2, Math.floor(fx));
  const y0 = Math.min(height - 2, Math.floor(fy));
  const tx = fx - x0;
  const ty = fy - y0;
  for (let c = 0, i = first + y0 * stride + x0 * 3; c < 3; c++, i++) {
    const top = values[i] * (1 - tx) + values[i + 3] * tx;
    const bottom = values[i + stride] * (1 - tx) + values[i + stride + 3] * tx;
    into[c] = top * (1 - ty) + bottom * ty;
  }
}
