import { hash4 } from './rng.ts';

/**
 * Who appears where a prompt names two subjects that no artwork shows together: one artwork leads and those that have its words make the scene; the
 * words it lacks come with a guest.
 */
export interface Cast {
  lead: number;
  /** Artworks that have the words of the lead. */
  scene: number[];
  /** Words the guests are to bring, and artworks that have them, the likeliest first. */
  missing: string[];
  guests: number[];
}

/** An artwork that answers less than this of what the best does is out of the question. */
const IN_QUESTION = 0.5;
/** Guests that are tried. */
const TRIED = 3;
/** How much chance counts, beside the distance of two palettes (0..1). */
const CHANCE = 0.06;

const unlike = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((value, c) => (value - b[c]) / 255)) / Math.sqrt(3);

/** The cast of a prompt's tags; undefined where one artwork in question has them all. */
export function castOf(images: readonly { tags: readonly string[] }[], tags: readonly string[], scores: readonly number[], means: readonly (readonly number[])[], seed: number): Cast | undefined {
  const having = (n: number) => tags.filter((tag) => images[n].tags.includes(tag));
  const inQuestion = images.map((_, n) => n).filter((n) => scores[n] >= IN_QUESTION);
  if (tags.length < 2 || inQuestion.some((n) => having(n).length === tags.length)) return undefined;
  const chance = (n: number, salt: number) => CHANCE * (hash4(seed, salt, n, 0) / 4294967296);
  const guestsOf = (lead: number) => {
    const lacking = tags.filter((tag) => !images[lead].tags.includes(tag));
    const bringing = inQuestion.map((n) => ({ n, brings: lacking.filter((tag) => images[n].tags.includes(tag)) }));
    const most = Math.max(...bringing.map(({ brings }) => brings.length));
    if (most === 0) return [];
    return bringing
      .filter(({ brings }) => brings.length === most)
      .map(({ n, brings }) => ({ n, brings, rank: unlike(means[lead], means[n]) + chance(n, 37) }))
      .sort((a, b) => a.rank - b.rank || a.n - b.n);
  };
  const leads = inQuestion.flatMap((n) => {
    const [first] = guestsOf(n);
    return first === undefined ? [] : [{ n, rank: first.rank - 0.25 * scores[n] + chance(n, 41) }];
  });
  if (leads.length === 0) return undefined;
  const lead = leads.reduce((best, one) => (one.rank < best.rank ? one : best)).n;
  const own = having(lead);
  const guests = guestsOf(lead).slice(0, TRIED);
  return {
    lead,
    scene: images.map((_, n) => n).filter((n) => own.every((tag) => images[n].tags.includes(tag))),
    missing: guests[0].brings,
    guests: guests.filter(({ brings }) => brings.join() === guests[0].brings.join()).map(({ n }) => n),
  };
}
