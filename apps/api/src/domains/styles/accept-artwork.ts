import { randomUUID } from 'node:crypto';
import { CodedError, LIMITS, type acceptArtworkInput } from '@style-license/shared';
import type { Artwork } from '@style-license/db';
import type * as z from 'zod';
import type { Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { acceptUpload } from '../uploads/index.ts';
import { ARTWORK_MAX_PX, makeArtworkImage, type ArtworkImage } from './artwork-image.ts';
import { lockOwnStyle, ownStyle, refuseWhileTraining } from './own-style.ts';
import { checkTitle } from './style-rules.ts';
import { recountTagsSql } from './styles.sql.ts';

interface NewArtwork {
  id: string;
  name: string;
  key: string;
  thumbnailKey: string;
  image: ArtworkImage;
}

/**
 * An upload becomes an artwork of a style. The same acceptance again gives the same artwork.
 * @throws NOT_FOUND, TOO_MANY_ARTWORKS, TRAINING_RUNNING, UPLOAD_USED (its artwork was removed since), and what acceptUpload throws
 */
export async function acceptArtwork(deps: Deps, artistId: string, { styleId, uploadId }: z.output<typeof acceptArtworkInput>): Promise<Artwork> {
  await ownStyle(deps.db, artistId, styleId);
  const { artworkId } = await acceptUpload<NewArtwork, { artworkId: string }>(deps, {
    uploadId, userId: artistId, purpose: 'artwork', styleId,
    async convert(file) {
      const image = await makeArtworkImage(await file.decode({ minPx: LIMITS.artworkMinPx, maxPx: ARTWORK_MAX_PX }));
      const id = randomUUID();
      const key = `styles/${styleId}/artworks/${id}.${image.extension}`;
      const thumbnailKey = `styles/${styleId}/artworks/${id}.thumb.webp`;
      return {
        converted: { id, name: file.name, key, thumbnailKey, image },
        objects: [{ key, body: image.bytes, contentType: image.contentType }, { key: thumbnailKey, body: image.thumbnail, contentType: 'image/webp' }],
      };
    },
    record: (tx, artwork) => record(tx, deps, artistId, styleId, artwork),
  });
  const artwork = await deps.db.artwork.findUnique({ where: { id: artworkId } });
  if (!artwork || artwork.styleId !== styleId) throw new CodedError('UPLOAD_USED');
  return artwork;
}

/** Under the style's lock, so that a hundred acceptances at once get ordinals of their own and the hundred-and-first is refused. */
async function record(tx: Tx, deps: Deps, artistId: string, styleId: string, { id, name, key, thumbnailKey, image }: NewArtwork): Promise<{ artworkId: string }> {
  const style = await lockOwnStyle(tx, artistId, styleId);
  await refuseWhileTraining(tx, style);
  const { _count: count, _max: max } = await tx.artwork.aggregate({ where: { styleId }, _count: true, _max: { ordinal: true } });
  if (count >= LIMITS.artworksMax) throw new CodedError('TOO_MANY_ARTWORKS', { max: LIMITS.artworksMax });
  const { sha256, width, height, dominantColour, perceptualHash, sharpness } = image;
  await tx.artwork.create({
    data: {
      id, styleId, ordinal: (max.ordinal ?? -1) + 1, name, key, thumbnailKey, sha256, bytes: image.bytes.length, width, height,
      dominantColour, perceptualHash, sharpness, tags: [checkTitle(style.title).tag], createdAt: deps.clock.now(),
    },
  });
  await recountTagsSql(tx, styleId);
  await raiseEvents(tx, [{ userId: artistId, event: { type: 'style', styleId } }]);
  return { artworkId: id };
}
