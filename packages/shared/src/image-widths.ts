/** Published images are also sent narrower than they were made, so that a phone need not take what only a large screen shows. */
export const NARROW_WIDTHS = [384, 768] as const;
export type NarrowWidth = (typeof NARROW_WIDTHS)[number];

const PUBLISHED = /^(\/images\/[0-9a-f-]{36}\/)(?:feed\.webp|full\.png)$/;

/**
 * The widths in which a published image is to be had, as `srcset` wants them; undefined for a private one, whose signed address is its only one.
 * @param url its address as the API gives it
 * @param width px that it was made in
 */
export function imageWidths(url: string, width: number): string | undefined {
  const [, folder] = PUBLISHED.exec(url) ?? [];
  if (folder === undefined) return undefined;
  return [...NARROW_WIDTHS.filter((narrow) => narrow < width).map((narrow) => `${folder}feed-${narrow}.webp ${narrow}w`), `${folder}feed.webp ${width}w`].join(', ');
}
