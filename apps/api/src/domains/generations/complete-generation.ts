import type { GenerationItemResult } from '@style-license/shared/server';
import type { Job, JobItem } from '@style-license/db';
import type { Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import type { RaisedEvent } from '../../platform/events.ts';
import { issueLicence } from '../licences/index.ts';

/** An image is there: it gets its number in the style, its files, its licence. In the transaction that settles its line. */
export async function completeGeneration(tx: Tx, deps: Deps, _job: Job, item: JobItem, result: GenerationItemResult): Promise<RaisedEvent[]> {
  const generation = await tx.generation.findUniqueOrThrow({ where: { id: item.id }, include: { style: { select: { artistId: true } } } });
  const now = deps.clock.now();
  // A private try is no sale: it gets no number, so that numbers count what was licensed to people.
  const number = generation.isTryOut ? null : await nextNumber(tx, generation.styleId, generation.ownerId !== generation.style.artistId);
  await tx.generation.update({
    where: { id: generation.id },
    data: {
      state: 'completed', number, completedAt: now,
      originalKey: result.original.key, originalSha256: result.original.sha256, originalBytes: result.original.bytes,
      feedKey: result.feed.key, thumbnailKey: result.thumbnail.key, dominantColour: result.dominantColour, engine: result.engine, unmatchedTags: result.unmatched,
      provenance: { engineMs: result.engineMs, matched: result.matched, sources: result.sources, nearestTraining: result.nearestTraining },
    },
  });
  await issueLicence(tx, {
    licenceId: generation.licenceId, generationId: generation.id, styleId: generation.styleId, artistId: generation.style.artistId, licenseeId: generation.ownerId,
    termsVersion: generation.termsVersion, imageSha256: result.original.sha256, issuedAt: now,
  });
  return [{ userId: generation.ownerId, event: { type: 'generation', generationId: generation.id, jobId: generation.jobId, styleId: generation.styleId } }];
}

/** The style's row lock gives each image its own number. Popularity counts what others bought; an artist's own use does not (R23). */
async function nextNumber(tx: Tx, styleId: string, soldToOther: boolean): Promise<number> {
  const [row] = await tx.$queryRaw<{ last_number: number }[]>`
    UPDATE styles SET last_number = last_number + 1, sold_count = sold_count + ${soldToOther ? 1 : 0}::int WHERE id = ${styleId}::uuid RETURNING last_number`;
  return row!.last_number;
}
