import { CodedError, NARROW_WIDTHS, uuid } from '@style-license/shared';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { keepNarrowImages } from '../../platform/narrow-image.ts';
import { sendImage } from '../../platform/send-image.ts';
import { shownWidth } from './shown-artwork.ts';

/** A style shows few, and most of what a page shows are published images. */
const KEPT_MAX_BYTES = 16 * 1024 * 1024;
const WIDTHS = new Map<string, number | null>([['feed.webp', null], ...NARROW_WIDTHS.map((width) => [`feed-${width}.webp`, width] as const)]);

/** Stable URLs of the artworks that their artist shows: never the original, which nobody else is to have. */
export function registerShownArtworks(app: FastifyInstance, deps: Deps): void {
  const narrowImage = keepNarrowImages(KEPT_MAX_BYTES);
  app.get<{ Params: { artworkId: string; file: string } }>('/artworks/:artworkId/:file', async (request, reply) => {
    const { artworkId, file } = request.params;
    const width = WIDTHS.get(file);
    if (!uuid.safeParse(artworkId).success || width === undefined) throw new CodedError('NOT_FOUND');
    const artwork = await deps.db.artwork.findFirst({ where: { id: artworkId, shown: true }, select: { key: true, width: true, height: true } });
    if (artwork === null) throw new CodedError('NOT_FOUND');
    return await sendImage(deps, narrowImage, request, reply, { key: artwork.key, type: 'image/webp', width: width ?? shownWidth(artwork) });
  });
}
