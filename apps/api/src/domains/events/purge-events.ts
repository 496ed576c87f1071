import type { Deps } from '../../platform/deps.ts';
import { EVENT_RETENTION_DAYS } from '../../platform/events.ts';
import { purgeEventsSql } from './events.sql.ts';

const BATCH = 5_000;
const DAY_MS = 86_400_000;

/** Deletes events that no page will ask for: who stayed away longer refetches everything. Gives their number. */
export async function purgeEvents(deps: Deps): Promise<number> {
  const before = new Date(deps.clock.now().getTime() - EVENT_RETENTION_DAYS * DAY_MS);
  let purged = 0;
  for (let deleted = BATCH; deleted === BATCH;) {
    deleted = await purgeEventsSql(deps.db, before, BATCH);
    purged += deleted;
  }
  return purged;
}
