import { randomInt } from 'node:crypto';
import { CodedError, LIMITS, USERNAME } from '@style-license/shared';

/** Words that would pass for a page or for us. */
const RESERVED = new Set([
  'about', 'account', 'accounts', 'admin', 'administrator', 'api', 'artist', 'artists', 'assets', 'auth', 'avatars', 'en', 'explore', 'feed', 'generation', 'generations',
  'health', 'help', 'home', 'images', 'ko', 'licence', 'license', 'me', 'metrics', 'moderator', 'notifications', 'official', 'previews', 'privacy', 'profile', 'root',
  'settings', 'sign_in', 'sign_up', 'signin', 'signup', 'staff', 'studio', 'style', 'style_license', 'stylelicense', 'styles', 'support', 'system', 'terms', 'tokens',
  'trpc', 'user', 'users', 'verify',
]);
/** Given to those who left; nobody may look like one. */
export const LEFT_PREFIX = 'left_';

/** @throws USERNAME_INVALID */
export function parseUsername(typed: string): string {
  const username = typed.trim().toLowerCase();
  if (!USERNAME.test(username) || RESERVED.has(username) || username.startsWith(LEFT_PREFIX)) {
    throw new CodedError('USERNAME_INVALID', { field: 'username', min: LIMITS.usernameMinChars, max: LIMITS.usernameMaxChars });
  }
  return username;
}

const SUFFIX_DIGITS = 4;

/** Names to try for a newcomer, from what they said: plain first, then with digits that are ever more. */
export function* suggestUsernames(...sources: readonly string[]): Generator<string> {
  const plain = sources.map(asUsername).find((name) => name.length >= LIMITS.usernameMinChars) ?? 'person';
  const stem = plain.slice(0, LIMITS.usernameMaxChars);
  if (USERNAME.test(stem) && !RESERVED.has(stem) && !stem.startsWith(LEFT_PREFIX)) yield stem;
  for (let digits = SUFFIX_DIGITS; ; digits++) {
    const count = Math.min(digits, 12);
    yield `${stem.slice(0, LIMITS.usernameMaxChars - count - 1)}_${String(randomInt(10 ** count)).padStart(count, '0')}`;
  }
}

const asUsername = (text: string): string =>
  text.split('@', 1)[0]!.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '');
