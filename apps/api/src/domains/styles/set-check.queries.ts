import type { SetCheckDto } from '@style-license/shared';
import type { Reader } from '../../platform/database.ts';
import { checkSet } from './check-set.ts';
import { ownStyle } from './own-style.ts';
import { checkTitle } from './style-rules.ts';

/** The free check of a set before its training. @throws NOT_FOUND */
export async function setCheckOf(db: Reader, artistId: string, styleId: string): Promise<SetCheckDto> {
  const style = await ownStyle(db, artistId, styleId);
  const artworks = await db.artwork.findMany({ where: { styleId }, orderBy: { ordinal: 'asc' } });
  return checkSet(artworks, checkTitle(style.title).tag);
}
