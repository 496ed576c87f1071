import { loadAdapter, type Adapter } from './adapter.ts';
import { castOf, type Cast } from './cast.ts';
import { COPY_DISTANCE, farthestOf, nearestArtwork } from './copy-check.ts';
import { ExemplarStore, MAX_EXEMPLARS, type Level } from './exemplars.ts';
import { inviteGuest, smallsOf, type Invitation } from './invite.ts';
import { LAYOUT_SHORT_SIDE, makeLayout, type Layout } from './layout.ts';
import { Memory } from './memory.ts';
import { PAD } from './patchmatch.ts';
import type { Pool } from './pool.ts';
import { areaResize } from './raster.ts';
import { hash4, hashString } from './rng.ts';
import { matchPrompt, type PromptMatch } from './tags.ts';

/** What of an order shapes the composition. */
export interface ComposeOptions {
  adapter: string;
  prompt: string;
  negative: string;
  width: number;
  height: number;
  creativity: number;
  maxMemoryMb?: number;
}

/** Compositions tried for one picture. */
export const ATTEMPTS = 6;
/** What refinement may take back of a composition's distance from the nearest artwork. */
const REFINEMENT_MARGIN = 2;

/** How much a palette unlike the lead's counts against an artwork, in score per unit of colour distance (0..1); less the freer the picture may be. */
const paletteWeight = (creativity: number) => 12 * (1.3 - creativity);

/**
 * Artworks that shape a picture and how welcome each is: those that answer the words, best first, at least three. One leads, by chance among the
 * best; those of its palette mix with it more readily than others, so that two weathers do not meet in one sky.
 */
export function chooseSources(scores: readonly number[], means: readonly (readonly number[])[], seed: number, creativity: number): { images: number[]; welcome: number[] } {
  const order = scores
    .map((score, image) => ({ image, rank: score + 0.15 * (hash4(seed, 5, image, 0) / 4294967296), score }))
    .sort((a, b) => b.rank - a.rank || a.image - b.image);
  const lead = means[order[0].image];
  const welcome = scores.map((score, image) => score - paletteWeight(creativity) * Math.hypot(...means[image].map((value, c) => (value - lead[c]) / 255)) / Math.sqrt(3));
  const chosen = order.filter(({ score }, i) => i < 3 || score >= 0.5);
  // Of many that answer equally well, those that go with the lead.
  const others = chosen.slice(1).sort((a, b) => welcome[b.image] - welcome[a.image] || a.image - b.image);
  return { images: [order[0], ...others].slice(0, MAX_EXEMPLARS).map(({ image }) => image), welcome };
}

/** Everything that several pictures of one run share. */
export interface Studio {
  adapter: Adapter;
  memory: Memory;
  pool: Pool;
  stores: ExemplarStore[];
  /** Every artwork at 64 pixels. */
  everything: Level;
  match: PromptMatch;
  /** Mean colour of every artwork. */
  means: number[][];
  seedOffset: number;
}

export async function openStudio(options: ComposeOptions, pool: Pool): Promise<Studio> {
  const memory = new Memory(options.maxMemoryMb);
  const adapter = await loadAdapter(options.adapter, memory);
  const count = adapter.images.length;
  // All artworks fit at the smallest size; larger ones come when a picture wants them.
  // Blurred artworks serve the step from 512 to 1024 alone.
  const stores = [1, 2, 4, 8].map((side) => new ExemplarStore(adapter, side, side === 1 ? count : Math.min(count, MAX_EXEMPLARS), memory, pool, side === 8 && Math.min(options.width, options.height) === 1024));
  const everything = await stores[0].select(adapter.images.map((_, n) => n));
  const thumbnails = everything.images.map((_, k) => thumbnailOf(everything, k));
  const match = matchPrompt(options.prompt, options.negative, adapter.images, adapter.vocabulary, thumbnails);
  const means = thumbnails.map((thumbnail) => [0, 1, 2].map((c) => thumbnail.reduce((sum, value, i) => (i % 3 === c ? sum + value : sum), 0) / (thumbnail.length / 3)));
  const seedOffset = match.matched.length === 0 ? hashString(options.prompt) : 0;
  return { adapter, memory, pool, stores, everything, match, means, seedOffset };
}

/** A 32-pixel picture of exemplar pair k, for colour words. */
function thumbnailOf(level: Level, k: number): Float32Array {
  const { pixels, base, width, height } = level.exemplars;
  const w = width[2 * k];
  const h = height[2 * k];
  const stride = (w + 2 * PAD) * 3;
  const rgb = new Uint8Array(w * h * 3);
  for (let y = 0; y < h; y++) {
    const from = base[2 * k] + (y + PAD) * stride + PAD * 3;
    rgb.set(pixels.subarray(from, from + w * 3), y * w * 3);
  }
  return areaResize({ rgb, width: w, height: h }, Math.round(w / 2), Math.round(h / 2));
}

export interface Composition {
  layout: Layout;
  level: Level;
  creativity: number;
  /** How welcome each artwork is in this picture. */
  welcome: number[];
  /** From the nearest artwork. */
  distance: number;
}

/** Above every score: who leads a cast is settled. And what is left of the scores of those that have not the lead's words. */
const LEADING = 1.2;
const OUTSIDE = 0.1;

/** Who lacks the words of the scene and those of the guest, and how everybody looks. */
function wordsOf({ adapter: { images }, match: { tags }, everything }: Studio, { lead, missing }: Cast): Pick<Invitation, 'sceneWithout' | 'guestWithout' | 'smalls'> {
  const lacking = (words: readonly string[]) => [...images.keys()].filter((n) => !words.some((word) => images[n].tags.includes(word)));
  return { sceneWithout: lacking(tags.filter((tag) => images[lead].tags.includes(tag))), guestWithout: lacking(missing), smalls: smallsOf(everything) };
}

/**
 * A composition that is nobody's artwork: too close to one, it is made again, then with more freedom. `attempts` goes on counting when a finished
 * picture was too close after all.
 */
export async function compose(studio: Studio, options: ComposeOptions, seed: number, attempts: { made: number }, onStep: (step: number) => void): Promise<Composition> {
  const { scores } = studio.match;
  const short = Math.min(options.width, options.height);
  const width = Math.round((options.width * LAYOUT_SHORT_SIDE) / short);
  const height = Math.round((options.height * LAYOUT_SHORT_SIDE) / short);
  return farthestOf(ATTEMPTS - attempts.made, COPY_DISTANCE + REFINEMENT_MARGIN, async () => {
    const attempt = attempts.made++;
    const creativity = Math.min(1, options.creativity + 0.15 * Math.max(0, attempt - 1));
    const attemptSeed = attempt === 0 ? seed : hash4(seed, 23, attempt, 0);
    const cast = castOf(studio.adapter.images, studio.match.tags, scores, studio.means, attemptSeed);
    // The scene of a cast is what it would be if its words were asked for alone.
    const asked = cast === undefined ? scores : scores.map((score, n) => (n === cast.lead ? LEADING : cast.scene.includes(n) ? score : OUTSIDE * score));
    const { images: chosen, welcome: ranked } = chooseSources(asked, studio.means, attemptSeed, creativity);
    const welcome = ranked.map((score) => Math.min(1, score));
    const images = cast === undefined ? chosen : chosen.slice(0, MAX_EXEMPLARS - 1);
    let level = await studio.stores[0].select(images);
    const layout = await makeLayout(level, { width, height, creativity, seed: attemptSeed, scores: welcome, schedule: studio.adapter.schedule, onStep }, studio.memory, studio.pool);
    const invited = cast === undefined ? undefined : await inviteGuest(layout, { ...wordsOf(studio, cast), images, guests: cast.guests, seed: attemptSeed }, studio.memory, studio.pool);
    if (invited !== undefined) {
      layout.guests.push(invited.guest);
      level = await studio.stores[0].select([...images, invited.image]);
    }
    const picture = invited?.picture ?? layout.rgb;
    return { layout, level, creativity, welcome, distance: (await nearestArtwork(picture, width, height, studio.everything, studio.memory, studio.pool)).distance };
  });
}
