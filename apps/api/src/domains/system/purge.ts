import type { Deps } from '../../platform/deps.ts';
import { purgeAccounts } from '../accounts/index.ts';
import { purgeEvents } from '../events/index.ts';
import { purgeUploads } from '../uploads/index.ts';

const DAY_MS = 24 * 3_600_000;
const MAIL_RETENTION_DAYS = 14;
const ALERT_RETENTION_DAYS = 90;
/** Longer than any limit's two windows. */
const RATE_LIMIT_RETENTION_MS = 3_600_000;

/** Forgets what is past its time. Counts are logged, never what they counted. */
export async function purge(deps: Deps): Promise<void> {
  const { db, clock, log } = deps;
  const now = clock.now().getTime();
  const accounts = await purgeAccounts(deps);
  const uploads = await purgeUploads(deps);
  const events = await purgeEvents(deps);
  const { count: mails } = await db.mail.deleteMany({ where: { createdAt: { lt: new Date(now - MAIL_RETENTION_DAYS * DAY_MS) } } });
  // A fault that goes on is seen again and again, and stays.
  const before = new Date(now - ALERT_RETENTION_DAYS * DAY_MS);
  await db.alertFault.deleteMany({ where: { lastSeenAt: { lt: before } } });
  const { count: alerts } = await db.alert.deleteMany({ where: { createdAt: { lt: before }, faults: { none: {} } } });
  const limits = await db.$executeRaw`DELETE FROM rate_limits WHERE window_start < ${new Date(now - RATE_LIMIT_RETENTION_MS)}`;
  log.info({ ...accounts, uploads, events, mails, alerts, limits }, 'purge');
}
