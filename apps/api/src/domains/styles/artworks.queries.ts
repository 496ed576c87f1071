import { CodedError, type ArtworkDto } from '@style-license/shared';
import type { Artwork } from '@style-license/db';
import type { Reader } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';

/** These artworks of this style, in their order. @throws NOT_FOUND when one of them is not there */
export async function findArtworks(db: Reader, styleId: string, ids: readonly string[]): Promise<Artwork[]> {
  const wanted = new Set(ids);
  const artworks = await db.artwork.findMany({ where: { styleId, id: { in: [...wanted] } }, orderBy: { ordinal: 'asc' } });
  if (artworks.length !== wanted.size) throw new CodedError('NOT_FOUND', { field: 'artworkIds' });
  return artworks;
}

/** As their artist sees them; the URLs are signed, since artworks are nobody else's to see. */
export async function artworkDtos({ store }: Pick<Deps, 'store'>, artworks: readonly Artwork[]): Promise<ArtworkDto[]> {
  return await Promise.all(artworks.map(async (artwork) => {
    const { id, ordinal, width, height, bytes, name, dominantColour, tags, shown } = artwork;
    const [image, thumbnail] = await Promise.all([store.presignDownload({ key: artwork.key }), store.presignDownload({ key: artwork.thumbnailKey })]);
    return { id, ordinal, width, height, bytes, name, dominantColour, tags, shown, imageUrl: image.url, thumbnailUrl: thumbnail.url };
  }));
}
