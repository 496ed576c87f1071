import { createHash } from 'node:crypto';
import { isNotFound } from '@style-license/object-store';
import { CodedError, NARROW_WIDTHS, uuid, type NarrowWidth } from '@style-license/shared';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { keepNarrowImages } from './narrow-image.ts';

/** A browser shows it from its cache for this long without asking; an unpublished image is gone from caches after that. */
const CACHE_CONTROL = 'public, max-age=3600, stale-while-revalidate=86400';

const FILES = {
  'feed.webp': { key: 'feedKey', type: 'image/webp' },
  'thumb.webp': { key: 'thumbnailKey', type: 'image/webp' },
  'full.png': { key: 'originalKey', type: 'image/png' },
} as const;
const NARROW = new Map<string, NarrowWidth>(NARROW_WIDTHS.map((width) => [`feed-${width}.webp`, width]));

function fileOf(name: string): { key: 'feedKey' | 'thumbnailKey' | 'originalKey'; type: string; width: NarrowWidth | null } | null {
  const width = NARROW.get(name);
  if (width !== undefined) return { ...FILES['feed.webp'], width };
  return Object.hasOwn(FILES, name) ? { ...FILES[name as keyof typeof FILES], width: null } : null;
}

/** Stable URLs of published images. The bytes under a key never change, so the key names the version. */
export function registerImageRoutes(app: FastifyInstance, deps: Deps): void {
  const narrowImage = keepNarrowImages();
  app.get<{ Params: { generationId: string; file: string } }>('/images/:generationId/:file', async (request, reply) => {
    const { generationId, file } = request.params;
    const wanted = fileOf(file);
    if (!uuid.safeParse(generationId).success || wanted === null) throw new CodedError('NOT_FOUND');
    const { key: column, type, width } = wanted;
    const image = await deps.db.generation.findFirst({ where: { id: generationId, visibility: 'public', hiddenAt: null }, select: { originalKey: true, feedKey: true, thumbnailKey: true } });
    const key = image?.[column];
    if (!key) throw new CodedError('NOT_FOUND');
    const etag = `"${createHash('sha256').update(width === null ? key : `${key} ${width}`).digest('base64url').slice(0, 27)}"`;
    // The app's own pages may show it, and so may anyone who is given its URL.
    void reply.headers({ etag, 'cache-control': CACHE_CONTROL, 'cross-origin-resource-policy': 'cross-origin' });
    if (request.headers['if-none-match']?.split(',').some((given) => given.trim().replace(/^W\//, '') === etag)) return await reply.code(304).send();
    return await sendObject(deps, reply, type, key, width === null ? null : () => narrowImage(deps, key, width));
  });
}

async function sendObject(deps: Deps, reply: FastifyReply, type: string, key: string, make: (() => Promise<Buffer>) | null): Promise<unknown> {
  try {
    if (make !== null) return await reply.type(type).send(await make());
    const { body, bytes } = await deps.store.get(key);
    return await reply.type(type).header('content-length', bytes).send(body);
  } catch (error) {
    void reply.removeHeader('etag').header('cache-control', 'no-store');
    if (isNotFound(error)) throw new CodedError('NOT_FOUND', {}, { cause: error });
    throw error;
  }
}
