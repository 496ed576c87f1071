/**
 * What can be said of a set before it is trained, from figures that were taken when each artwork came in: nothing is decoded
 * again, so the check is free and immediate. Advice, except where training would be refused.
 */
import { LIMITS, type SetCheckDto } from '@style-license/shared';
import type { Artwork } from '@style-license/db';
import { hashDistance } from './image-figures.ts';

export type CheckedArtwork = Pick<Artwork, 'id' | 'width' | 'height' | 'perceptualHash' | 'sharpness' | 'tags' | 'dominantColour'>;

/** Bits of 64: a scaled, re-encoded or slightly cropped copy differs in 0–4, different pictures in about 32. */
const NEAR_DUPLICATE_BITS = 7;
/** Edges wider than about three and a half pixels at the size that training sees. */
const BLURRED_BELOW = 0.08;
/** A little larger than the least that is taken: below it, scaling to the size of training has nothing to sharpen with. */
const ROOMY_PX = 600;
/** Mean distance of hashes in a set of different pictures is about 32. */
const VARIED_BITS = 20;
const SUBJECTS_MIN = 3;
const SCORE_MAX = 100;
/** Points lost: for each artwork with a fault, as a share of the set; and at once for the set as a whole. */
const WEIGHTS = { near_duplicate: 40, blurred: 35, small: 12, no_tags: 30 } as const;
const SET_PENALTY = { low_variety: 12, one_subject: 8 } as const;

type Advice = SetCheckDto['advice'][number];

export function checkSet(artworks: readonly CheckedArtwork[], titleTag: string): SetCheckDto {
  const own = (artwork: CheckedArtwork): string[] => artwork.tags.filter((tag) => tag !== titleTag);
  const subjects = new Set(artworks.flatMap(own)).size;
  const advice: Advice[] = [];
  if (artworks.length < LIMITS.artworksMin) advice.push(about('too_few', { figure: LIMITS.artworksMin - artworks.length, blocking: true }));
  const blurred = artworks.filter(({ sharpness }) => sharpness < BLURRED_BELOW);
  const small = artworks.filter(({ width, height }) => Math.min(width, height) < ROOMY_PX);
  const untagged = artworks.filter((artwork) => own(artwork).length === 0);
  const duplicates = nearDuplicates(artworks);
  advice.push(
    ...duplicates.map(({ artwork, of, bits }) => about('near_duplicate', { artworkId: artwork.id, otherArtworkId: of.id, figure: bits })),
    ...blurred.map(({ id, sharpness }) => about('blurred', { artworkId: id, figure: Math.round(sharpness * 1000) / 1000 })),
    ...small.map(({ id, width, height }) => about('small', { artworkId: id, figure: Math.min(width, height) })),
    ...untagged.map(({ id }) => about('no_tags', { artworkId: id })),
  );
  const variety = meanDistance(artworks);
  if (artworks.length >= 2 && variety < VARIED_BITS) advice.push(about('low_variety', { figure: Math.round(variety) }));
  if (artworks.length >= LIMITS.artworksMin && subjects < SUBJECTS_MIN) advice.push(about('one_subject', { figure: subjects }));

  const share = (count: number): number => (artworks.length === 0 ? 0 : count / artworks.length);
  const lost =
    WEIGHTS.near_duplicate * share(duplicates.length) + WEIGHTS.blurred * share(blurred.length) + WEIGHTS.small * share(small.length) +
    WEIGHTS.no_tags * share(untagged.length) + advice.reduce((sum, { code }) => sum + (code === 'low_variety' || code === 'one_subject' ? SET_PENALTY[code] : 0), 0);
  // A set that is not whole yet is worth what is there of it.
  const complete = Math.min(1, artworks.length / LIMITS.artworksMin);
  const faulty = new Set([...blurred, ...small].map(({ id }) => id));
  return {
    score: Math.max(0, Math.round((SCORE_MAX - lost) * complete)),
    sharpAndLarge: artworks.length - faulty.size, total: artworks.length, subjects, advice,
  };
}

function about(code: Advice['code'], more: Partial<Advice>): Advice {
  return { code, artworkId: null, otherArtworkId: null, figure: null, blocking: false, ...more };
}

/** Each artwork that repeats an earlier one, with the nearest of those. */
function nearDuplicates(artworks: readonly CheckedArtwork[]): { artwork: CheckedArtwork; of: CheckedArtwork; bits: number }[] {
  return artworks.flatMap((artwork, i) => {
    const [nearest] = artworks
      .slice(0, i)
      .map((of) => ({ artwork, of, bits: hashDistance(artwork.perceptualHash, of.perceptualHash) }))
      .filter(({ of, bits }) => bits <= NEAR_DUPLICATE_BITS && nearColours(artwork.dominantColour, of.dominantColour))
      .sort((a, b) => a.bits - b.bits);
    return nearest ? [nearest] : [];
  });
}

/** The hash is blind to colour: the same composition in other colours is another picture. */
const COLOUR_STEPS_MAX = 96;
function nearColours(a: string, b: string): boolean {
  const channels = (hex: string): number[] => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  const others = channels(b);
  return channels(a).every((value, i) => Math.abs(value - others[i]!) <= COLOUR_STEPS_MAX);
}

function meanDistance(artworks: readonly CheckedArtwork[]): number {
  let sum = 0;
  let pairs = 0;
  for (const [i, a] of artworks.entries()) {
    for (const b of artworks.slice(i + 1)) {
      sum += hashDistance(a.perceptualHash, b.perceptualHash);
      pairs++;
    }
  }
  return pairs === 0 ? 0 : sum / pairs;
}
