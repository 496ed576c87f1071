/** Noise levels at which the receptive field is calibrated, RGB in 0..1. */
export const CALIBRATION_SIGMAS = [1.6, 0.8, 0.4, 0.2, 0.1, 0.05] as const;
/** Window radii tried at each, in pixels of a picture with a short side of 32. */
export const CALIBRATION_RADII = [1, 2, 3, 4, 6, 8, 11, 16, 23, 32] as const;

/** `steps + 1` noise levels falling geometrically from `first` to `last`. */
export function geometricSigmas(steps: number, first: number, last: number): number[] {
  return Array.from({ length: steps + 1 }, (_, i) => first * (last / first) ** (i / steps));
}

/** A full-frame window: larger than any layout. */
export const FULL_FRAME = 1 << 20;

/** How much wider than calibrated the windows are: 8 at creativity 0 (nearly whole pictures), 1 at creativity 1. */
export function windowScale(creativity: number): number {
  return 8 ** (1 - creativity);
}

/**
 * The smallest window at which things stay whole, in pixels of a 32-pixel picture. Calibration asks what restores a held-out artwork, and small
 * windows do; but left to small windows a face gets a third eye and a horizon breaks.
 */
export function coherentRadius(sigma: number, creativity: number): number {
  return 6 ** (0.7 - creativity) * (4 + 12 * Math.min(1, sigma / 1.6) ** 0.7);
}

/**
 * The receptive field at a noise level: calibrated radii (descending sigmas) interpolated in log σ, scaled to the layout's size and by
 * creativity, never so small that things fall apart; the whole frame when noise still drowns everything.
 */
export function windowRadius(
  sigma: number,
  table: { sigmas: ArrayLike<number>; radii: ArrayLike<number> },
  layout: { width: number; height: number },
  creativity: number,
): number {
  const { sigmas, radii } = table;
  const n = sigmas.length;
  if (sigma > 1.3 * sigmas[0]) return FULL_FRAME;
  let base = radii[n - 1];
  if (sigma >= sigmas[0]) base = radii[0];
  else {
    for (let i = 0; i + 1 < n; i++) {
      const high = sigmas[i];
      const low = sigmas[i + 1];
      if (sigma <= high && sigma >= low) {
        const t = Math.log(high / sigma) / Math.log(high / low);
        base = Math.exp((1 - t) * Math.log(radii[i]) + t * Math.log(radii[i + 1]));
        break;
      }
    }
  }
  const size = Math.sqrt(layout.width * layout.height) / 32;
  return Math.round(size * Math.max(windowScale(creativity) * base, coherentRadius(sigma, creativity)));
}
