import type { Visibility } from '@style-license/shared';
import type { Deps } from '../../platform/deps.ts';

export interface ImageFiles { id: string; visibility: string; hiddenAt: Date | null; originalKey: string | null; feedKey: string | null; thumbnailKey: string | null }
export interface ImageUrls { full: string | null; feed: string | null; thumbnail: string | null }

/**
 * Published images have stable URLs of our own, which everyone's caches share and which end when the image is unpublished.
 * Private and hidden ones have signed URLs of the store, for who may see them: the caller has checked that.
 */
export async function imageUrls(deps: Deps, image: ImageFiles): Promise<ImageUrls> {
  if (image.originalKey === null || image.feedKey === null || image.thumbnailKey === null) return { full: null, feed: null, thumbnail: null };
  if ((image.visibility as Visibility) === 'public' && image.hiddenAt === null) {
    return { full: `/images/${image.id}/full.png`, feed: `/images/${image.id}/feed.webp`, thumbnail: `/images/${image.id}/thumb.webp` };
  }
  const [full, feed, thumbnail] = await Promise.all([image.originalKey, image.feedKey, image.thumbnailKey].map(async (key) => (await deps.store.presignDownload({ key })).url));
  return { full: full!, feed: feed!, thumbnail: thumbnail! };
}
