/**
 * Against other sites acting with a person's cookie (R24): every POST and every stream must come from our own pages. Origin
 * says so, else Sec-Fetch-Site; plain http to a machine in the house sends neither with a stream, there Referer does.
 */
import type { FastifyRequest } from 'fastify';
import { CodedError } from '@style-license/shared';
import type { Env } from '../env.ts';

type OriginEnv = Pick<Env, 'APP_ORIGIN' | 'CORS_ORIGINS'>;

/** @throws BAD_ORIGIN */
export function requireOwnOrigin(request: FastifyRequest, env: OriginEnv): void {
  if (!isOwnOrigin(request, env)) throw new CodedError('BAD_ORIGIN');
}

export function isOwnOrigin(request: FastifyRequest, env: OriginEnv): boolean {
  const { origin, referer } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (origin !== undefined) return isAllowed(origin, request, env);
  if (site !== undefined) return site === 'same-origin';
  return referer !== undefined && URL.canParse(referer) && isAllowed(new URL(referer).origin, request, env);
}

/** The app's origin, one that the operator allowed, or the one this very request was sent to. */
function isAllowed(origin: string, request: FastifyRequest, env: OriginEnv): boolean {
  if (origin === env.APP_ORIGIN || env.CORS_ORIGINS.includes(origin)) return true;
  // `host` passed ALLOWED_HOSTS before this; a page of the same host and port is ours.
  return URL.canParse(origin) && new URL(origin).host === request.headers.host;
}
