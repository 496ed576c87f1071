import { ACTIVE_JOB_STATES, CodedError } from '@style-license/shared';
import type { Style } from '@style-license/db';
import type { Reader, Tx } from '../../platform/database.ts';

/** An artist's own style; somebody else's is not there at all. @throws NOT_FOUND */
export async function ownStyle(db: Reader, artistId: string, styleId: string): Promise<Style> {
  const style = await db.style.findUnique({ where: { id: styleId } });
  if (!style || style.artistId !== artistId) throw new CodedError('NOT_FOUND');
  return style;
}

/**
 * The same under its row lock, which whoever changes the style, its artworks or its tags holds: ordinals, limits and counts
 * follow from it. NO KEY: generations and checkpoints that point to the style are written meanwhile. @throws NOT_FOUND
 */
export async function lockOwnStyle(tx: Tx, artistId: string, styleId: string): Promise<Style> {
  await tx.$queryRaw`SELECT id FROM styles WHERE id = ${styleId}::uuid AND artist_id = ${artistId}::uuid FOR NO KEY UPDATE`;
  // A second statement, so that it sees what the lock's holder before us committed.
  return await ownStyle(tx, artistId, styleId);
}

/** While a training runs its artworks stay as they were submitted: a later attempt must learn the same set. @throws TRAINING_RUNNING */
export async function refuseWhileTraining(tx: Tx, style: Pick<Style, 'id'>): Promise<void> {
  const running = await tx.job.findFirst({ where: { styleId: style.id, kind: 'training', state: { in: [...ACTIVE_JOB_STATES] } }, select: { id: true } });
  if (running) throw new CodedError('TRAINING_RUNNING', { jobId: running.id });
}
