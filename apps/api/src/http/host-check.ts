import type { FastifyRequest } from 'fastify';
import { CodedError } from '@style-license/shared';

/** Refuses names that this server does not go by: a page elsewhere could otherwise point its own name at us (DNS rebinding). */
export function requireKnownHost(request: FastifyRequest, allowed: readonly string[]): void {
  const host = request.headers.host ?? '';
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname.toLowerCase() : '';
  if (!allowed.includes(name)) throw new CodedError('BAD_ORIGIN');
}
