/** Images under addresses of their own, which stay while what lies behind them may change. */
import { createHash } from 'node:crypto';
import { isNotFound } from '@style-license/object-store';
import { CodedError } from '@style-license/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Deps } from './deps.ts';
import type { NarrowImage } from './narrow-image.ts';

/** A browser shows it from its cache for this long without asking; one that is taken back is gone from caches after that. */
const CACHE_CONTROL = 'public, max-age=3600, stale-while-revalidate=86400';

export interface ImageToSend {
  key: string;
  type: 'image/webp' | 'image/png';
  /** px; null as it lies in the store. */
  width: number | null;
}

/** The bytes under a key never change, so key and width name the version. @throws NOT_FOUND */
export async function sendImage({ store }: Pick<Deps, 'store'>, narrowImage: NarrowImage, request: FastifyRequest, reply: FastifyReply, { key, type, width }: ImageToSend): Promise<unknown> {
  const etag = `"${createHash('sha256').update(width === null ? key : `${key} ${width}`).digest('base64url').slice(0, 27)}"`;
  // The app's own pages may show it, and so may anyone who is given its URL.
  void reply.headers({ etag, 'cache-control': CACHE_CONTROL, 'cross-origin-resource-policy': 'cross-origin' });
  if (request.headers['if-none-match']?.split(',').some((given) => given.trim().replace(/^W\//, '') === etag)) return await reply.code(304).send();
  try {
    if (width !== null) return await reply.type(type).send(await narrowImage({ store }, key, width));
    const { body, bytes } = await store.get(key);
    return await reply.type(type).header('content-length', bytes).send(body);
  } catch (error) {
    void reply.removeHeader('etag').header('cache-control', 'no-store');
    if (isNotFound(error)) throw new CodedError('NOT_FOUND', {}, { cause: error });
    throw error;
  }
}
