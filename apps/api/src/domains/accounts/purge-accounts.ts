import type { Deps } from '../../platform/deps.ts';

const DAY_MS = 24 * 3_600_000;

/** Sessions and codes past their time. Codes stay a day longer, so that a late one is told apart from a wrong one. */
export async function purgeAccounts({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<{ sessions: number; codes: number }> {
  const now = clock.now();
  const { count: sessions } = await db.session.deleteMany({ where: { expiresAt: { lte: now } } });
  const { count: codes } = await db.emailCode.deleteMany({ where: { expiresAt: { lte: new Date(now.getTime() - DAY_MS) } } });
  return { sessions, codes };
}
