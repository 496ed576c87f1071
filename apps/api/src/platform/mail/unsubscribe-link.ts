/**
 * The link at the foot of mails that nobody must have (RFC 8058). It names a person and proves that we wrote it, so that one click
 * without signing in is enough, and nobody can unsubscribe others.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Env } from '../../env.ts';

type LinkEnv = Pick<Env, 'STORE_SECRET' | 'APP_ORIGIN'>;

export const UNSUBSCRIBE_PATH = '/mail/unsubscribe';
const PURPOSE = 'style-license unsubscribe job results 1\n';
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

const sign = (userId: string, env: LinkEnv): string => createHmac('sha256', env.STORE_SECRET).update(PURPOSE).update(userId).digest('base64url');

export const unsubscribeUrl = (userId: string, env: LinkEnv): string => `${env.APP_ORIGIN}${UNSUBSCRIBE_PATH}?token=${userId}.${sign(userId, env)}`;

/** Whose link it is; null for one that we did not write. */
export function readUnsubscribeToken(token: string, env: LinkEnv): string | null {
  const [userId = '', signature = ''] = token.split('.');
  if (!UUID.test(userId)) return null;
  const expected = Buffer.from(sign(userId, env));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected) ? userId : null;
}
