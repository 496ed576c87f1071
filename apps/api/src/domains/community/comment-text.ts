import { CodedError, LIMITS } from '@style-license/shared';
import { stripHtml } from '../generations/index.ts';

const MANY_LINES = /\n{3,}/g;

/** A comment as it is kept: plain text, without markup, controls and walls of empty lines. @throws COMMENT_EMPTY, COMMENT_TOO_LONG */
export function commentText(typed: string): string {
  const text = stripHtml(typed.replaceAll('\r\n', '\n')).replaceAll(MANY_LINES, '\n\n').trim();
  // As Postgres counts: by characters, not by JavaScript's halves of them.
  const length = Array.from(text).length;
  if (!/[^\p{White_Space}\p{Cf}\p{Zs}]/u.test(text)) throw new CodedError('COMMENT_EMPTY');
  if (length > LIMITS.commentMaxChars) throw new CodedError('COMMENT_TOO_LONG', { max: LIMITS.commentMaxChars, length });
  return text;
}
