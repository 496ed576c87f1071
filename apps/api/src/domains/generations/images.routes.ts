import { CodedError, NARROW_WIDTHS, uuid } from '@style-license/shared';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { keepNarrowImages } from '../../platform/narrow-image.ts';
import { sendImage } from '../../platform/send-image.ts';

const FEED = { column: 'feedKey', type: 'image/webp', width: null } as const;
const FILES = new Map<string, { column: 'feedKey' | 'thumbnailKey' | 'originalKey'; type: 'image/webp' | 'image/png'; width: number | null }>([
  ['feed.webp', FEED],
  ['thumb.webp', { column: 'thumbnailKey', type: 'image/webp', width: null }],
  ['full.png', { column: 'originalKey', type: 'image/png', width: null }],
  ...NARROW_WIDTHS.map((width) => [`feed-${width}.webp`, { ...FEED, width }] as const),
]);

/** Stable URLs of published images. */
export function registerImageRoutes(app: FastifyInstance, deps: Deps): void {
  const narrowImage = keepNarrowImages();
  app.get<{ Params: { generationId: string; file: string } }>('/images/:generationId/:file', async (request, reply) => {
    const { generationId, file } = request.params;
    const wanted = FILES.get(file);
    if (!uuid.safeParse(generationId).success || wanted === undefined) throw new CodedError('NOT_FOUND');
    const { column, type, width } = wanted;
    const image = await deps.db.generation.findFirst({ where: { id: generationId, visibility: 'public', hiddenAt: null }, select: { originalKey: true, feedKey: true, thumbnailKey: true } });
    const key = image?.[column];
    if (!key) throw new CodedError('NOT_FOUND');
    return await sendImage(deps, narrowImage, request, reply, { key, type, width });
  });
}
