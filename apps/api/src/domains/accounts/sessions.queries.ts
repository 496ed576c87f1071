import type { SessionDto } from '@style-license/shared';
import type { Reader } from '../../platform/database.ts';

/** A person's living sessions, the newest use first. */
export async function listSessions(db: Reader, userId: string, currentId: string): Promise<SessionDto[]> {
  const rows = await db.session.findMany({ where: { userId, expiresAt: { gt: new Date() } }, orderBy: [{ lastSeenAt: 'desc' }, { publicId: 'asc' }], take: 100 });
  return rows.map(({ publicId, userAgent, createdAt, lastSeenAt }) => ({
    id: publicId, current: publicId === currentId, userAgent, createdAt: createdAt.toISOString(), lastSeenAt: lastSeenAt.toISOString(),
  }));
}
