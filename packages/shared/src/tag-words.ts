/** What a tag is. Without schemas, so that a page that writes tags need not bring them along. */
import { LIMITS } from './limits.ts';

export const TAG = /^[a-z0-9](?:[a-z0-9 '&-]{0,28}[a-z0-9])?$/;

/** NFKC, trimmed, lower case, inner white space folded to one blank. May still be no valid tag. */
export const normaliseTag = (typed: string): string => typed.normalize('NFKC').trim().toLowerCase().replaceAll(/\s+/g, ' ');

/** The tag that was meant, or null when it cannot be one (Korean, too long, odd characters). */
export function parseTag(typed: string): string | null {
  const tag = normaliseTag(typed);
  return TAG.test(tag) ? tag : null;
}

/** A style's title as a tag: what is not allowed in tags becomes a blank; cut to 30 characters. Null when nothing is left. */
export function titleTag(title: string): string | null {
  const text = normaliseTag(title).replaceAll(/[^a-z0-9 '&-]+/g, ' ').trim().slice(0, LIMITS.tagMaxChars);
  return parseTag(text.replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '').replaceAll(/\s+/g, ' '));
}
