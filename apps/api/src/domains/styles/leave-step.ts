import type { LeaveStep } from '../../platform/leaving.ts';
import type { Tx } from '../../platform/database.ts';
import { deleteObjectsLater } from '../../platform/object-deletions.ts';
import { checkpointKeys } from './checkpoint-samples.ts';
import { deleteArtworks, deleteStyle } from './remove-style.ts';

/**
 * An artist goes: artworks are theirs and go with them. A style in which something was made stays without being sold, since
 * its licences stand; any other is deleted whole.
 */
export const stylesLeaveStep: LeaveStep = {
  name: 'styles',
  async run(tx, _deps, { userId }) {
    const styles = await tx.style.findMany({ where: { artistId: userId }, orderBy: { id: 'asc' } });
    for (const style of styles) {
      if (await tx.generation.findFirst({ where: { styleId: style.id }, select: { id: true } })) await retire(tx, style.id);
      else await removeWhole(tx, style.id);
    }
  },
};

async function retire(tx: Tx, styleId: string): Promise<void> {
  await deleteArtworks(tx, styleId);
  const newest = await tx.checkpoint.findFirst({ where: { styleId }, orderBy: { createdAt: 'desc' }, select: { id: true } });
  const { checkpointId } = await tx.style.findUniqueOrThrow({ where: { id: styleId } });
  await tx.style.update({ where: { id: styleId }, data: { state: 'deactivated', checkpointId: checkpointId ?? newest?.id ?? null } });
}

async function removeWhole(tx: Tx, styleId: string): Promise<void> {
  const checkpoints = await tx.checkpoint.findMany({ where: { styleId } });
  await deleteObjectsLater(tx, checkpoints.flatMap(checkpointKeys));
  await tx.style.update({ where: { id: styleId }, data: { state: 'draft', checkpointId: null } });
  await deleteStyle(tx, styleId);
}
