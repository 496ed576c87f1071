/** Published images, and artworks that their artist shows, are also sent narrower than they were made, so that a phone need not take what only a large screen shows. */
export const NARROW_WIDTHS = [384, 512, 768] as const;
export type NarrowWidth = (typeof NARROW_WIDTHS)[number];

/** A profile image is also sent this many px wide, for the circles beside names: far less than what the profile itself shows. */
export const SMALL_AVATAR_PX = 128;
/** A circle so wide (CSS px) shows it sharp on a screen of three dots a px. */
const SMALL_AVATAR_FITS_PX = SMALL_AVATAR_PX / 3;

const PUBLISHED = /^(\/(?:images|artworks)\/[0-9a-f-]{36}\/)(?:feed\.webp|full\.png)$/;

/**
 * The widths in which a published image or a shown artwork is to be had, as `srcset` wants them; undefined for a private one, whose signed address is its only one.
 * @param url its address as the API gives it
 * @param width px that it was made in
 */
export function imageWidths(url: string, width: number): string | undefined {
  const [, folder] = PUBLISHED.exec(url) ?? [];
  if (folder === undefined) return undefined;
  return [...NARROW_WIDTHS.filter((narrow) => narrow < width).map((narrow) => `${folder}feed-${narrow}.webp ${narrow}w`), `${folder}feed.webp ${width}w`].join(', ');
}

const AVATAR = /^(\/avatars\/[0-9a-f-]{36})\.webp$/;

/**
 * The address of a profile image for a circle of this width.
 * @param url its address as the API gives it
 * @param size CSS px across
 */
export function avatarFor(url: string, size: number): string {
  const [, name] = AVATAR.exec(url) ?? [];
  return name !== undefined && size <= SMALL_AVATAR_FITS_PX ? `${name}-${SMALL_AVATAR_PX}.webp` : url;
}
