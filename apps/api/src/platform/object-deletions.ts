import type { Deps } from './deps.ts';
import type { Tx } from './database.ts';

/** Notes objects for deletion with the transaction that lets go of them; the worker deletes them afterwards (R22). */
export async function deleteObjectsLater(tx: Tx, keys: readonly (string | null | undefined)[], notBefore?: Date): Promise<void> {
  const data = keys.filter((key): key is string => typeof key === 'string').map((key) => ({ key, ...(notBefore ? { notBefore } : {}) }));
  if (data.length > 0) await tx.objectDeletion.createMany({ data });
}

const BATCH = 100;

/** Deletes what is due; a fault leaves the row for the next time. Returns how many objects went. */
export async function purgeDeletedObjects({ db, store, clock, log }: Pick<Deps, 'db' | 'store' | 'clock' | 'log'>): Promise<number> {
  let deleted = 0;
  let after = 0n;
  for (;;) {
    const due = await db.objectDeletion.findMany({ where: { notBefore: { lte: clock.now() }, id: { gt: after } }, orderBy: { id: 'asc' }, take: BATCH });
    for (const { id, key } of due) {
      after = id;
      try {
        await store.delete(key);
        await db.objectDeletion.deleteMany({ where: { id } });
        deleted++;
      } catch (error) {
        log.warn({ err: error, key }, 'object not deleted, will be tried again');
      }
    }
    if (due.length < BATCH) return deleted;
  }
}
