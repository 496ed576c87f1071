import type { Prisma } from '@style-license/db';
import type { Tx } from '../../platform/database.ts';
import { deleteObjectsLater } from '../../platform/object-deletions.ts';
import { checkpointState } from './checkpoint-samples.ts';

/** Lets go of what trainers kept with these checkpoints to go on from: several times the weights' size, and of use once at most. */
export async function dropStates(tx: Tx, where: Prisma.CheckpointWhereInput): Promise<void> {
  const checkpoints = await tx.checkpoint.findMany({ where: { AND: [where, { NOT: { state: { equals: [] } } }] }, select: { id: true, state: true } });
  if (checkpoints.length === 0) return;
  await deleteObjectsLater(tx, checkpoints.flatMap((checkpoint) => checkpointState(checkpoint).map(({ key }) => key)));
  await tx.checkpoint.updateMany({ where: { id: { in: checkpoints.map(({ id }) => id) } }, data: { state: [] } });
}
