/**
 * What a training shows of itself: the style's own subjects, by the tags that its artworks carry together most often, with
 * seeds that never change, so that two checkpoints differ in nothing but their weights.
 */
import { RATIOS, type Ratio } from '@style-license/shared';

export interface SamplePrompt { ordinal: number; prompt: string; seed: number; ratio: Ratio; width: number; height: number }

/** A strip of a card: two squares, one tall, one more square. */
const RATIO_OF_SAMPLE: readonly Ratio[] = ['1:1', '1:1', '1:2', '1:1'];
const SEEDS = [11, 2024, 307, 4096] as const;
const TAGS_PER_PROMPT = 3;

export function samplePrompts(artworkTags: readonly (readonly string[])[], titleTag: string): SamplePrompt[] {
  const sets = artworkTags.map((tags) => tags.filter((tag) => tag !== titleTag).sort());
  const used = new Set<string>();
  return RATIO_OF_SAMPLE.map((ratio, ordinal) => {
    const tags = commonestTogether(sets, used);
    for (const tag of tags) used.add(tag);
    const { width, height } = RATIOS[ratio];
    return { ordinal, prompt: (tags.length > 0 ? tags : [titleTag]).join(', '), seed: SEEDS[ordinal]!, ratio, width, height };
  });
}

/** The commonest tag not used yet, then the tags that stand beside it most often; when all are used, from the beginning again. */
function commonestTogether(sets: readonly string[][], used: ReadonlySet<string>): string[] {
  const first = commonest(sets, (tag) => !used.has(tag)) ?? commonest(sets, () => true);
  if (first === null) return [];
  const tags = [first];
  let beside = sets.filter((set) => set.includes(first));
  while (tags.length < TAGS_PER_PROMPT) {
    const next = commonest(beside, (tag) => !tags.includes(tag) && !used.has(tag)) ?? (tags.length < 2 ? commonest(beside, (tag) => !tags.includes(tag)) : null);
    if (next === null) break;
    tags.push(next);
    beside = beside.filter((set) => set.includes(next));
  }
  return tags;
}

/** Ties by the alphabet, so that the same set always gives the same prompts. */
function commonest(sets: readonly string[][], wanted: (tag: string) => boolean): string | null {
  const counts = new Map<string, number>();
  for (const tag of sets.flat()) if (wanted(tag)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const [best] = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return best?.[0] ?? null;
}
