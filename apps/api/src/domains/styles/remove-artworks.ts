import type { artworksInput } from '@style-license/shared';
import type * as z from 'zod';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { deleteObjectsLater } from '../../platform/object-deletions.ts';
import { findArtworks } from './artworks.queries.ts';
import { lockOwnStyle, refuseWhileTraining } from './own-style.ts';
import { recountTagsSql } from './styles.sql.ts';

/** Takes artworks out of a set, their files with them. Ordinals of the others stay. @throws NOT_FOUND, TRAINING_RUNNING */
export async function removeArtworks(deps: Deps, artistId: string, input: z.output<typeof artworksInput>): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const style = await lockOwnStyle(tx, artistId, input.styleId);
    await refuseWhileTraining(tx, style);
    const artworks = await findArtworks(tx, style.id, input.artworkIds);
    await tx.artwork.deleteMany({ where: { id: { in: artworks.map(({ id }) => id) } } });
    await recountTagsSql(tx, style.id);
    await deleteObjectsLater(tx, artworks.flatMap(({ key, thumbnailKey }) => [key, thumbnailKey]));
    await raiseEvents(tx, [{ userId: artistId, event: { type: 'style', styleId: style.id } }]);
  });
}
