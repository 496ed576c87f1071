import { RUNNER_SCHEMA } from '@style-license/shared/server';
import { raiseAlert } from '../../platform/alert.ts';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';

interface PresenceRow { runner_id: string; name: string; alert: string | null; seen_at: Date }

/** A restart takes less; a runner that was told to stop takes its leave and is not missed. */
const SILENT_MS = 120_000;
/** Of a machine that is gone for good nobody is told any more after this. */
const FORGOTTEN_MS = 24 * 3_600_000;
const WHY_MAX_CHARS = 300;

/** Alerts of runners that lost a GPU and of runners that fell silent. Reads a handful of rows. */
export async function watchRunners(deps: Pick<Deps, 'db' | 'env' | 'queue' | 'clock' | 'log'>): Promise<void> {
  const { db, clock } = deps;
  const now = clock.now().getTime();
  const rows = await db.$queryRawUnsafe<PresenceRow[]>(`SELECT runner_id, name, alert, seen_at FROM ${RUNNER_SCHEMA}.presence WHERE seen_at > $1 ORDER BY runner_id`, new Date(now - FORGOTTEN_MS));
  for (const { runner_id: id, name, alert, seen_at: seenAt } of rows) {
    const isSilent = seenAt.getTime() < now - SILENT_MS;
    if (!isSilent && alert === null) continue;
    await transaction(db, (tx) => isSilent
      ? raiseAlert(deps, tx, { kind: 'runnerSilent', faults: [`runner_silent:${id}:${seenAt.toISOString()}`], once: true, path: '/admin/runners', values: () => ({ runner: name, minutes: Math.round((now - seenAt.getTime()) / 60_000) }) })
      : raiseAlert(deps, tx, { kind: 'runnerAlert', faults: [`runner_alert:${id}`], path: '/admin/runners', values: () => ({ runner: name, why: alert!.slice(0, WHY_MAX_CHARS) }) }));
  }
}
