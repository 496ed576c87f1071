import { CodedError } from '@style-license/shared';
import type { Generation } from '@style-license/db';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { stripHtml } from './strip-html.ts';

/** Changes one's own image and tells one's pages. @throws NOT_FOUND for anybody else's */
async function changeOwn(deps: Deps, userId: string, generationId: string, change: (tx: Tx, generation: Generation) => Promise<boolean>): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const locked = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM generations WHERE id = ${generationId}::uuid AND owner_id = ${userId}::uuid FOR NO KEY UPDATE`;
    if (locked.length === 0) throw new CodedError('NOT_FOUND');
    const generation = await tx.generation.findUniqueOrThrow({ where: { id: generationId } });
    if (!(await change(tx, generation))) return;
    await raiseEvents(tx, [{ userId, event: { type: 'generation', generationId, jobId: generation.jobId, styleId: generation.styleId } }]);
  });
}

/**
 * Shows an image to everyone. Published again it stands where it stood, so that nobody climbs the feed that way.
 * @throws NOT_FOUND, GENERATION_NOT_READY, FORBIDDEN for private tries
 */
export async function publishGeneration(deps: Deps, userId: string, generationId: string): Promise<void> {
  await changeOwn(deps, userId, generationId, async (tx, generation) => {
    if (generation.isTryOut) throw new CodedError('FORBIDDEN');
    if (generation.state !== 'completed') throw new CodedError('GENERATION_NOT_READY');
    if (generation.visibility === 'public') return false;
    await tx.generation.update({ where: { id: generationId }, data: { visibility: 'public', publishedAt: generation.publishedAt ?? deps.clock.now() } });
    return true;
  });
}

/** Takes it back. Its likes and comments are kept, unseen. @throws NOT_FOUND */
export async function unpublishGeneration(deps: Deps, userId: string, generationId: string): Promise<void> {
  await changeOwn(deps, userId, generationId, async (tx, generation) => {
    if (generation.visibility === 'private') return false;
    await tx.generation.update({ where: { id: generationId }, data: { visibility: 'private' } });
    return true;
  });
}

/** @throws NOT_FOUND */
export async function describeGeneration(deps: Deps, userId: string, generationId: string, typed: string): Promise<void> {
  const description = stripHtml(typed);
  await changeOwn(deps, userId, generationId, async (tx, generation) => {
    if (generation.description === description) return false;
    await tx.generation.update({ where: { id: generationId }, data: { description } });
    return true;
  });
}
