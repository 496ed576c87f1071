/** From what was understood to the tags of an order: what the style knows first, in its own spelling. Pure. */
import { LIMITS, parseTag, type AssistantDto, type TagCountDto } from '@style-license/shared';
import { lemmaOf } from './dictionary/english.ts';
import type { Find } from './dictionary/korean.ts';

export interface Vocabulary {
  tags: readonly TagCountDto[];
  /** The artist's or an administrator's word that stands in a tag, or null. */
  refused: (tag: string) => 'forbidden' | 'off' | null;
}
type Chosen = Pick<AssistantDto, 'tags' | 'leftOut'>;

/** A style's tags by their lemma; of two that are alike the more used. */
export function byLemma(tags: readonly TagCountDto[]): Map<string, string> {
  const known = new Map<string, string>();
  for (const { tag } of [...tags].sort((a, b) => b.count - a.count)) if (!known.has(lemmaOf(tag))) known.set(lemmaOf(tag), tag);
  return known;
}

export function chooseTags(finds: readonly Find[], vocabulary: Vocabulary, max: number = LIMITS.promptTagsMax): Chosen {
  const known = byLemma(vocabulary.tags);
  const chosen = new Map<string, { tag: string; known: boolean; said: string }>();
  const leftOut = new Map<string, AssistantDto['leftOut'][number]>();
  const wanted = joinPhrases(finds, known);
  const lacking = new Set(wanted.filter(({ negated }) => negated).map(({ english }) => english[0]!));
  for (const { said, english, negated } of wanted) {
    const own = english.map((word) => known.get(lemmaOf(word))).find((tag) => tag !== undefined);
    const tag = own ?? english.map((word) => parseTag(word)).find((word) => word !== null);
    if (tag == null) continue;
    const refusal = negated || lacking.has(english[0]!) ? 'negated' : vocabulary.refused(tag);
    if (refusal) leftOut.set(tag, { word: tag, why: refusal });
    else if (!chosen.has(tag)) chosen.set(tag, { tag, known: own !== undefined, said });
  }
  const ordered = [...chosen.values()].sort((a, b) => Number(b.known) - Number(a.known));
  for (const { tag } of ordered.slice(max)) leftOut.set(tag, { word: tag, why: 'limit' });
  return { tags: ordered.slice(0, max), leftOut: [...leftOut.values()] };
}

/** «red», «sun» become «red sun» where the style has that. */
function joinPhrases(finds: readonly Find[], known: ReadonlyMap<string, string>): Find[] {
  const joined: Find[] = [];
  for (let at = 0; at < finds.length; at++) {
    const [first, second] = [finds[at]!, finds[at + 1]];
    const phrase = second && first.negated === second.negated
      ? first.english.flatMap((a) => second.english.map((b) => known.get(lemmaOf(`${a} ${b}`)))).find((tag) => tag !== undefined)
      : undefined;
    if (second && phrase !== undefined) {
      joined.push({ ...second, said: first.said === second.said ? first.said : `${first.said} ${second.said}`, english: [phrase] });
      at++;
    } else joined.push(first);
  }
  return joined;
}
