import type { Database } from './database.ts';
import type { Clock } from './clock.ts';

export interface PostDeps { db: Database; clock: Clock; env: { ALERT_WEBHOOK_URL?: string | undefined } }

const TIMEOUT_MS = 10_000;

/**
 * Posts one alert as JSON. A fault is noted on its row and thrown, so that the queue tries again; a receiver that hears of the same id
 * twice (a worker died between posting and noting it) has heard of one alert. `text` is what chat programs show of such a post.
 */
export async function postAlert({ db, clock, env }: PostDeps, alertId: string): Promise<void> {
  const alert = await db.alert.findUnique({ where: { id: alertId }, include: { faults: { select: { key: true }, orderBy: { key: 'asc' } } } });
  if (!alert || alert.postedAt || env.ALERT_WEBHOOK_URL === undefined) return;
  const { id, kind, text, url, createdAt, faults } = alert;
  try {
    const response = await fetch(env.ALERT_WEBHOOK_URL, {
      method: 'POST', redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS), headers: { 'content-type': 'application/json', 'idempotency-key': id },
      body: JSON.stringify({ id, kind, text: `${text} ${url}`, url, at: createdAt.toISOString(), faults: faults.map(({ key }) => key) }),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`the webhook answered ${response.status}`);
  } catch (error) {
    await db.alert.update({ where: { id }, data: { failure: (error as Error).message.slice(0, 500) } });
    throw error;
  }
  await db.alert.update({ where: { id }, data: { postedAt: clock.now(), failure: null } });
}
