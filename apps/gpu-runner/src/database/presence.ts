/** The runner's sign of life: what it offers, how busy it is. Who has not been seen for a while is not there. */
import { RUNNER_SCHEMA } from '@style-license/shared/server';
import type { Sql } from './database.ts';

export interface Presence {
  runnerId: string;
  name: string;
  queues: readonly string[];
  slots: number;
  busy: number;
  version: string;
  engines: readonly { name: string; baseModel: string; missing: string | null }[];
  gpus: readonly object[];
  /** What an administrator has to look at; null when all is well. */
  alert: string | null;
  /** Told to stop: it finishes what it has. */
  draining: boolean;
  startedAt: Date;
}

export async function writePresence(sql: Sql, presence: Presence): Promise<void> {
  await sql.executeSql(
    `INSERT INTO ${RUNNER_SCHEMA}.presence (runner_id, name, queues, slots, busy, version, engines, gpus, started_at, alert, draining, seen_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now())
     ON CONFLICT (runner_id) DO UPDATE SET name = excluded.name, queues = excluded.queues, slots = excluded.slots, busy = excluded.busy,
       version = excluded.version, engines = excluded.engines, gpus = excluded.gpus, started_at = excluded.started_at, alert = excluded.alert, draining = excluded.draining, seen_at = excluded.seen_at`,
    [
      presence.runnerId, presence.name, presence.queues, presence.slots, presence.busy, presence.version,
      JSON.stringify(presence.engines), JSON.stringify(presence.gpus), presence.startedAt, presence.alert, presence.draining,
    ],
  );
}

/** A runner that stops says so: it offers nothing from now on. Its role may delete no row, so the row stays. */
export async function leavePresence(sql: Sql, runnerId: string): Promise<void> {
  await sql.executeSql(`UPDATE ${RUNNER_SCHEMA}.presence SET queues = '{}', slots = 0, busy = 0, seen_at = to_timestamp(0) WHERE runner_id = $1`, [runnerId]);
}
