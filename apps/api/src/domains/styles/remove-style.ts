import { CodedError } from '@style-license/shared';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { deleteObjectsLater } from '../../platform/object-deletions.ts';
import { lockOwnStyle, refuseWhileTraining } from './own-style.ts';

/** Deletes a draft that was never trained, its files with it. @throws NOT_FOUND, TRAINING_RUNNING, CONFLICT once it is trained */
export async function removeStyle(deps: Deps, artistId: string, styleId: string): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const style = await lockOwnStyle(tx, artistId, styleId);
    await refuseWhileTraining(tx, style);
    const trained = await tx.checkpoint.count({ where: { styleId } });
    if (style.state !== 'draft' || trained > 0) throw new CodedError('CONFLICT', { state: style.state });
    await deleteStyle(tx, styleId);
    await raiseEvents(tx, [{ userId: artistId, event: { type: 'style', styleId } }]);
  });
}

/** The style's rows and files; its trainings stay as jobs without a style. Nothing was ever generated in it. */
export async function deleteStyle(tx: Tx, styleId: string): Promise<void> {
  await deleteArtworks(tx, styleId);
  await tx.style.update({ where: { id: styleId }, data: { trainingJobId: null } });
  await tx.style.delete({ where: { id: styleId } });
}

export async function deleteArtworks(tx: Tx, styleId: string): Promise<void> {
  const artworks = await tx.artwork.findMany({ where: { styleId }, select: { key: true, thumbnailKey: true } });
  await deleteObjectsLater(tx, artworks.flatMap(({ key, thumbnailKey }) => [key, thumbnailKey]));
  await tx.artwork.deleteMany({ where: { styleId } });
}
