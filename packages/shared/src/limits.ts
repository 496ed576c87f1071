/** The product's numbers (product.md). One place, both sides of the wire. */
export const LIMITS = {
  /** At once, by an administrator. */
  grantMaxTokens: 1_000_000,
  artworksMin: 10,
  artworksMax: 100,
  artworkMinPx: 512,
  uploadMaxBytes: 10 * 1024 * 1024,
  imageMaxPixels: 100_000_000,
  tagsPerArtwork: 20,
  tagMaxChars: 30,
  titleMinChars: 3,
  titleMaxChars: 60,
  descriptionMaxChars: 2_000,
  priceMinTokens: 1,
  priceMaxTokens: 10_000,
  forbiddenWordsMax: 100,
  promptTagsMin: 1,
  promptTagsMax: 20,
  promptTextMaxChars: 500,
  imagesPerJobMax: 4,
  seedMax: 2 ** 32 - 1,
  bioMaxChars: 500,
  commentMaxChars: 1_000,
  nameMaxChars: 60,
  usernameMinChars: 3,
  usernameMaxChars: 30,
  passwordMinChars: 8,
  passwordMaxChars: 200,
  trainingsPerDay: 3,
  tryOuts: 10,
  welcomeBonusTokens: 100,
  pageSize: 24,
  pageSizeMax: 100,
  jobMaxWaitMs: 24 * 3600 * 1000,
  previewMaxPx: 256,
  previewMaxBytes: 20_000,
  thumbnailPx: 256,
} as const;

/** Image size by aspect ratio, pixels. */
export const RATIOS = {
  '1:1': { width: 512, height: 512 },
  '2:2': { width: 1024, height: 1024 },
  '1:2': { width: 512, height: 1024 },
} as const;
export type Ratio = keyof typeof RATIOS;
export const RATIO_NAMES = Object.keys(RATIOS) as Ratio[];

/** Where the artist's signature stands: a box of 18% × 12% of the short side, bottom right, margin 4%, opacity 90%. */
export const SIGNATURE = { boxWidth: 0.18, boxHeight: 0.12, margin: 0.04, opacity: 0.9 } as const;

/** Versions of what people agree to. A new wording gets a new version; the old text stays in the locales. */
export const AFFIRMATION_VERSION = 1;
export const SITE_TERMS_VERSION = 1;
