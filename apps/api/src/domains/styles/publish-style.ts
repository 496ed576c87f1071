import { CodedError, type publishStyleInput } from '@style-license/shared';
import type { Style } from '@style-license/db';
import type * as z from 'zod';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { lockOwnStyle } from './own-style.ts';

/**
 * Puts a style on sale with the weights of a checkpoint: the one that was chosen, else the newest. Publishing what is published
 * with another checkpoint changes the weights for what is submitted from now on.
 * @throws NOT_FOUND, STYLE_NOT_READY, CHECKPOINT_NOT_FOUND, STYLE_NOT_AVAILABLE (suspended), RIGHTS_NOT_AFFIRMED
 */
export async function publishStyle(deps: Deps, artistId: string, { styleId, checkpointId }: z.output<typeof publishStyleInput>): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const style = await lockOwnStyle(tx, artistId, styleId);
    if (style.state === 'suspended' || style.state === 'deactivated') throw new CodedError('STYLE_NOT_AVAILABLE', { state: style.state });
    const chosen = await chooseCheckpoint(tx, style, checkpointId ?? null);
    if (style.affirmedVersion === null) throw new CodedError('RIGHTS_NOT_AFFIRMED');
    await tx.style.update({ where: { id: style.id }, data: { state: 'published', checkpointId: chosen, publishedAt: style.publishedAt ?? deps.clock.now() } });
    await raiseEvents(tx, [{ userId: artistId, event: { type: 'style', styleId } }]);
  });
}

async function chooseCheckpoint(tx: Tx, style: Style, wanted: string | null): Promise<string> {
  const checkpoint = await tx.checkpoint.findFirst({
    where: { styleId: style.id, ...(wanted === null ? {} : { id: wanted }) }, orderBy: [{ createdAt: 'desc' }, { epoch: 'desc' }], select: { id: true },
  });
  if (!checkpoint) throw new CodedError(wanted === null ? 'STYLE_NOT_READY' : 'CHECKPOINT_NOT_FOUND');
  return checkpoint.id;
}
