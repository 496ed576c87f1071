import { newLicenceId } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';

/**
 * Ids for licences that will be issued when the images are there: allocated at submit, since the runner writes them into the
 * file (R13). 48 random bits; the rare one that is taken is drawn again, and the unique index stands behind it.
 */
export async function allocateLicenceIds(tx: Tx, count: number): Promise<string[]> {
  const ids = new Set<string>();
  while (ids.size < count) {
    const drawn = Array.from({ length: count - ids.size }, newLicenceId);
    const taken = new Set((await tx.jobItem.findMany({ where: { licenceId: { in: drawn } }, select: { licenceId: true } })).map(({ licenceId }) => licenceId));
    for (const id of drawn) if (!taken.has(id)) ids.add(id);
  }
  return [...ids];
}
