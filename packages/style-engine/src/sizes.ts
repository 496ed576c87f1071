/** Sizes the product offers. */
export const OUTPUT_SIZES = [
  { width: 512, height: 512 },
  { width: 512, height: 1024 },
  { width: 1024, height: 512 },
  { width: 1024, height: 1024 },
] as const;

/** Short side 512 or 1024, long side up to 1024: what the levels of refinement can end at. */
export function isOutputSize(width: number, height: number): boolean {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width % 8 === 0 && height % 8 === 0;
  const short = Math.min(width, height);
  return whole && (short === 512 || short === 1024) && Math.max(width, height) <= 1024;
}
