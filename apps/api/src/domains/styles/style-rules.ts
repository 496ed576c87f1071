/** What a style's texts and price must be; each rule answers with its own code and the field it is about. */
import { CodedError, LIMITS, normaliseTag, parseTag, titleTag } from '@style-license/shared';

/** Letters, digits, blanks and everyday punctuation; a title is shown beside pictures and becomes a tag. */
const TITLE = /^[A-Za-z0-9](?:[A-Za-z0-9 '’.,:;!?&()/+-]*[A-Za-z0-9!?.)])?$/;

export interface Title {
  title: string;
  /** The tag that the title adds to every artwork. */
  tag: string;
}

/** @throws TITLE_INVALID */
export function checkTitle(typed: string): Title {
  const title = typed.normalize('NFKC').trim().replaceAll(/\s+/g, ' ');
  const tag = titleTag(title);
  if (title.length < LIMITS.titleMinChars || title.length > LIMITS.titleMaxChars || !TITLE.test(title) || tag === null) {
    throw new CodedError('TITLE_INVALID', { field: 'title', minChars: LIMITS.titleMinChars, maxChars: LIMITS.titleMaxChars });
  }
  return { title, tag };
}

/** A second title for Korean pages, in any script; none when empty. @throws TITLE_INVALID */
export function checkKoreanTitle(typed: string | null | undefined): string | null {
  const title = (typed ?? '').normalize('NFKC').trim().replaceAll(/\s+/g, ' ');
  if (title === '') return null;
  if (title.length > LIMITS.titleMaxChars) {
    throw new CodedError('TITLE_INVALID', { field: 'titleKo', minChars: 1, maxChars: LIMITS.titleMaxChars });
  }
  return title;
}

/** @throws PRICE_INVALID for anything but a whole number of tokens within the limits */
export function checkPrice(tokens: number): number {
  if (!Number.isInteger(tokens) || tokens < LIMITS.priceMinTokens || tokens > LIMITS.priceMaxTokens) {
    throw new CodedError('PRICE_INVALID', { field: 'priceTokens', min: LIMITS.priceMinTokens, max: LIMITS.priceMaxTokens });
  }
  return tokens;
}

/** Words as they are compared with prompts: any script, folded, each once. */
export const cleanForbiddenWords = (words: readonly string[]): string[] => [...new Set(words.map(normaliseTag).filter((word) => word !== ''))];

/** @throws TAG_INVALID with the first word that is none */
export function checkTags(typed: readonly string[]): string[] {
  const tags = typed.map((word) => {
    const tag = parseTag(word);
    if (tag === null) throw new CodedError('TAG_INVALID', { field: 'tags', tag: word.slice(0, LIMITS.tagMaxChars), maxChars: LIMITS.tagMaxChars });
    return tag;
  });
  return [...new Set(tags)];
}
