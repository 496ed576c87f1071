/**
 * Objects that no row names: a runner died between its upload and its report, an attempt was lost and another one delivered,
 * an acceptance was killed before its row was written. Looked for shelf by shelf in the store, deleted when they are old enough
 * that nothing can still be on its way to name them.
 */
import type { ObjectStore } from '@style-license/object-store';
import { ACTIVE_JOB_STATES } from '@style-license/shared';
import type { Database } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';

/** A shelf holds the objects of many owners under `prefix<owner's id>/`. */
interface Shelf {
  prefix: string;
  /** Keys that rows name, of these owners. */
  named(db: Database, ownerIds: readonly string[]): Promise<string[]>;
  /** Owners whose objects may still be on their way. */
  busy(db: Database, ownerIds: readonly string[]): Promise<string[]>;
}

const JOBS: Shelf = {
  prefix: 'jobs/',
  async named(db, jobIds) {
    const rows = await db.$queryRaw<{ key: string }[]>`
      SELECT jsonb_path_query(result, '$.**.key') #>> '{}' AS key FROM job_items WHERE job_id = ANY(${[...jobIds]}::uuid[])
      UNION SELECT unnest(ARRAY[original_key, feed_key, thumbnail_key]) FROM generations WHERE job_id = ANY(${[...jobIds]}::uuid[])
      UNION SELECT weights_key FROM checkpoints WHERE job_id = ANY(${[...jobIds]}::uuid[])
      UNION SELECT jsonb_path_query(samples, '$.**.key') #>> '{}' FROM checkpoints WHERE job_id = ANY(${[...jobIds]}::uuid[])`;
    return rows.map(({ key }) => key);
  },
  async busy(db, jobIds) {
    const jobs = await db.job.findMany({ where: { id: { in: [...jobIds] }, state: { in: [...ACTIVE_JOB_STATES] } }, select: { id: true } });
    return jobs.map(({ id }) => id);
  },
};

const ARTWORKS: Shelf = {
  prefix: 'styles/',
  async named(db, styleIds) {
    const artworks = await db.artwork.findMany({ where: { styleId: { in: [...styleIds] } }, select: { key: true, thumbnailKey: true } });
    return artworks.flatMap(({ key, thumbnailKey }) => [key, thumbnailKey]);
  },
  busy: async () => [],
};

const DAY_MS = 24 * 3_600_000;
/** Far beyond the longest attempt and the life of an upload. */
const OLD_ENOUGH_MS = 2 * DAY_MS;
const PAGES_PER_RUN = 20;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Each call goes on where the one before stopped, a bounded number of pages further; from the beginning after the last. Gives how many objects went. */
export function createOrphanSweep(deps: Pick<Deps, 'db' | 'store' | 'clock' | 'log'>): () => Promise<number> {
  const shelves = [JOBS, ARTWORKS].map((shelf) => ({ shelf, cursor: null as string | null }));
  return async () => {
    let deleted = 0;
    for (const place of shelves) {
      for (let page = 0; page < PAGES_PER_RUN; page++) {
        const { count, nextCursor } = await sweepPage(deps, place.shelf, place.cursor);
        deleted += count;
        place.cursor = nextCursor;
        if (nextCursor === null) break;
      }
    }
    if (deleted > 0) deps.log.info({ deleted }, 'orphaned objects deleted');
    return deleted;
  };
}

async function sweepPage({ db, store, clock }: Pick<Deps, 'db' | 'store' | 'clock'>, shelf: Shelf, cursor: string | null): Promise<{ count: number; nextCursor: string | null }> {
  const { items, nextCursor } = await store.list(shelf.prefix, cursor);
  const before = clock.now().getTime() - OLD_ENOUGH_MS;
  const old = items.filter(({ key, modifiedAt }) => modifiedAt.getTime() < before && UUID.test(ownerOf(shelf, key)));
  const owners = [...new Set(old.map(({ key }) => ownerOf(shelf, key)))];
  if (owners.length === 0) return { count: 0, nextCursor };
  const [named, busy] = [new Set(await shelf.named(db, owners)), new Set(await shelf.busy(db, owners))];
  const orphans = old.map(({ key }) => key).filter((key) => !named.has(key) && !busy.has(ownerOf(shelf, key)));
  await deleteAll(store, orphans);
  return { count: orphans.length, nextCursor };
}

const ownerOf = ({ prefix }: Shelf, key: string): string => key.slice(prefix.length).split('/', 1)[0] ?? '';

async function deleteAll(store: ObjectStore, keys: readonly string[]): Promise<void> {
  for (const key of keys) await store.delete(key);
}
