import type { Locale, MeDto } from '@style-license/shared';
import type { Deps } from '../../platform/deps.ts';
import { avatarUrl } from './person.ts';

interface MeRow {
  id: string; email: string | null; email_verified: boolean; name: string; username: string; bio: string; image_key: string | null; locale: Locale; role: 'user' | 'admin';
  has_password: boolean; mail_job_results: boolean; google_linked: boolean; available: bigint; held: bigint; unread: bigint; created_at: Date;
  artist_name: string | null; signature_key: string | null; signature_width: number | null; signature_height: number | null;
}

/** What a person's own pages know of them. One query: primary keys, and notifications_unread. */
export async function me({ db, store }: Pick<Deps, 'db' | 'store'>, userId: string): Promise<MeDto> {
  const [row] = await db.$queryRaw<MeRow[]>`
    SELECT u.id, u.email, u.email_verified_at IS NOT NULL AS email_verified, u.name, u.username, u.bio, u.image_key, u.locale, u.role, u.created_at, u.mail_job_results,
      u.password_hash IS NOT NULL AS has_password, EXISTS (SELECT 1 FROM identities i WHERE i.user_id = u.id) AS google_linked,
      coalesce(w.bonus + w.bought, 0) AS available, coalesce(w.held, 0) AS held,
      (SELECT count(*) FROM notifications n WHERE n.user_id = u.id AND n.read_at IS NULL) AS unread,
      a.artist_name, a.signature_key, a.signature_width, a.signature_height
    FROM users u LEFT JOIN wallets w ON w.user_id = u.id LEFT JOIN artists a ON a.user_id = u.id AND a.deactivated_at IS NULL
    WHERE u.id = ${userId}::uuid`;
  if (!row) throw new Error(`user ${userId} is gone`);
  const signatureUrl = row.signature_key === null ? null : (await store.presignDownload({ key: row.signature_key })).url;
  return {
    id: row.id, email: row.email, emailVerified: row.email_verified, name: row.name, username: row.username, bio: row.bio, imageUrl: avatarUrl(row.image_key),
    locale: row.locale, role: row.role, hasPassword: row.has_password, googleLinked: row.google_linked, mailJobResults: row.mail_job_results,
    artist: row.artist_name === null || signatureUrl === null ? null
      : { artistName: row.artist_name, signatureUrl, signatureWidth: row.signature_width ?? 0, signatureHeight: row.signature_height ?? 0 },
    available: Number(row.available), held: Number(row.held), unreadNotifications: Number(row.unread), createdAt: row.created_at.toISOString(),
  };
}
