// Its types give requests and replies their cookies; the page's type check reaches this file without the server's.
import '@fastify/cookie';
import type { FastifyRequest } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import type { Authenticated } from '../../trpc/context.ts';
import { findSession, sessionCookieName } from './session.ts';

/** A cookie longer than this is not ours. */
const TOKEN_MAX_CHARS = 100;

/** Whether a session is named at all; whether it lives is not asked. */
export const bringsSession = ({ env }: Pick<Deps, 'env'>, request: FastifyRequest): boolean => request.cookies[sessionCookieName(env)] !== undefined;

/** Who sent the request, by the session cookie. */
export async function authenticate(deps: Deps, request: FastifyRequest, setCookie: (serialised: string) => void): Promise<Authenticated | null> {
  const token = request.cookies[sessionCookieName(deps.env)];
  if (token === undefined || token === '' || token.length > TOKEN_MAX_CHARS) return null;
  const found = await findSession(deps.db, deps.env, token);
  if (!found) return null;
  if (found.cookie !== null) setCookie(found.cookie);
  return { user: found.user, sessionId: found.sessionId };
}
