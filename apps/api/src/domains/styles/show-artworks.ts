import type { showArtworksInput } from '@style-license/shared';
import type * as z from 'zod';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { findArtworks } from './artworks.queries.ts';
import { lockOwnStyle } from './own-style.ts';

/** Artworks are private unless their artist shows them on the style's page. @throws NOT_FOUND */
export async function showArtworks(deps: Deps, artistId: string, input: z.output<typeof showArtworksInput>): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const style = await lockOwnStyle(tx, artistId, input.styleId);
    const artworks = await findArtworks(tx, style.id, input.artworkIds);
    await tx.artwork.updateMany({ where: { id: { in: artworks.map(({ id }) => id) } }, data: { shown: input.shown } });
    await raiseEvents(tx, [{ userId: artistId, event: { type: 'style', styleId: style.id } }]);
  });
}
