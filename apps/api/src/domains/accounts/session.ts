/**
 * Sessions, by lucia, kept behind this file. The adapter hashes the token on every way in and gives back the id that it was
 * asked for: lucia takes the cookie's token for the id, and with the stored hash in its place renewal would sign people out
 * and signing out would delete nothing (R28). People see and end sessions by a public id of their own.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Lucia, TimeSpan, type Adapter } from 'lucia';
import type { Locale } from '@style-license/shared';
import { CHANNELS } from '@style-license/shared/server';
import type { Env } from '../../env.ts';
import type { Tx } from '../../platform/database.ts';
import { notify } from '../../platform/notify.ts';
import type { SessionUser } from '../../trpc/context.ts';

const SESSION_DAYS = 14;
const DAY_MS = 24 * 3_600_000;
export const SESSION_MAX_MS = 90 * DAY_MS;
/** Not every request is worth a write. */
const SEEN_EVERY_MS = 5 * 60_000;
const TOKEN_BYTES = 32;

interface SessionAttributes { publicId: string; createdAt: Date; lastSeenAt: Date; userAgent: string | null }

declare module 'lucia' {
  interface Register {
    Lucia: ReturnType<typeof createLucia>;
    UserId: string;
    DatabaseUserAttributes: Omit<SessionUser, 'id'>;
    DatabaseSessionAttributes: SessionAttributes;
  }
}

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

type CookieEnv = Pick<Env, 'APP_ORIGIN'>;
const isSecure = (env: CookieEnv): boolean => env.APP_ORIGIN.startsWith('https://');
/** The prefix makes browsers hold the cookie to this host and to https. */
export const sessionCookieName = (env: CookieEnv): string => (isSecure(env) ? '__Host-sl_session' : 'sl_session');

function createLucia(tx: Tx, env: CookieEnv) {
  return new Lucia(adapterOver(tx), {
    sessionExpiresIn: new TimeSpan(SESSION_DAYS, 'd'),
    sessionCookie: { name: sessionCookieName(env), expires: true, attributes: { secure: isSecure(env), sameSite: 'lax', path: '/' } },
    getUserAttributes: (attributes) => attributes,
    getSessionAttributes: (attributes) => attributes,
  });
}

interface SessionRow {
  user_id: string; public_id: string; expires_at: Date; created_at: Date; last_seen_at: Date; user_agent: string | null;
  username: string; role: 'user' | 'admin'; pool: 'user' | 'demo'; locale: Locale; state: string; email_verified: boolean; is_artist: boolean;
}

function adapterOver(tx: Tx): Adapter {
  return {
    async getSessionAndUser(token) {
      const [row] = await tx.$queryRaw<SessionRow[]>`
        SELECT s.user_id, s.public_id, s.expires_at, s.created_at, s.last_seen_at, s.user_agent, u.username, u.role, u.pool, u.locale, u.state,
          u.email_verified_at IS NOT NULL AS email_verified,
          EXISTS (SELECT 1 FROM artists a WHERE a.user_id = u.id AND a.deactivated_at IS NULL) AS is_artist
        FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ${hashToken(token)}`;
      if (!row) return [null, null];
      const session = {
        id: token, userId: row.user_id, expiresAt: earlier(row.expires_at, lastMoment(row.created_at)),
        attributes: { publicId: row.public_id, createdAt: row.created_at, lastSeenAt: row.last_seen_at, userAgent: row.user_agent },
      };
      // Who left or was deactivated is nobody: lucia then deletes the session.
      if (row.state !== 'active') return [session, null];
      const { username, role, pool, locale, email_verified: emailVerified, is_artist: isArtist } = row;
      return [session, { id: row.user_id, attributes: { username, role, pool, locale, emailVerified, isArtist } }];
    },
    async getUserSessions(userId) {
      const rows = await tx.session.findMany({ where: { userId } });
      // Tokens are not known here; what is listed goes by its public id.
      return rows.map(({ publicId, expiresAt, createdAt, lastSeenAt, userAgent }) => ({ id: publicId, userId, expiresAt, attributes: { publicId, createdAt, lastSeenAt, userAgent } }));
    },
    async setSession({ id, userId, expiresAt, attributes: { publicId, createdAt, lastSeenAt, userAgent } }) {
      await tx.session.create({ data: { id: hashToken(id), publicId, userId, expiresAt, createdAt, lastSeenAt, userAgent } });
    },
    async updateSessionExpiration(token, expiresAt) {
      const maxSeconds = SESSION_MAX_MS / 1_000;
      await tx.$executeRaw`
        UPDATE sessions SET expires_at = least(${expiresAt}, created_at + make_interval(secs => ${maxSeconds}))
        WHERE id = ${hashToken(token)} AND expires_at < least(${expiresAt}, created_at + make_interval(secs => ${maxSeconds}))`;
    },
    async deleteSession(token) {
      await tx.session.deleteMany({ where: { id: hashToken(token) } });
    },
    async deleteUserSessions(userId) {
      await tx.session.deleteMany({ where: { userId } });
    },
    async deleteExpiredSessions() {
      await tx.session.deleteMany({ where: { expiresAt: { lte: new Date() } } });
    },
  };
}

const lastMoment = (createdAt: Date): Date => new Date(createdAt.getTime() + SESSION_MAX_MS);
const earlier = (a: Date, b: Date): Date => (a < b ? a : b);

export interface StartedSession { publicId: string; /** Set-Cookie, serialised. */ cookie: string }

/** Signs a person in, in the transaction that found them worthy. */
export async function startSession(tx: Tx, env: CookieEnv, { userId, userAgent }: { userId: string; userAgent: string | null }): Promise<StartedSession> {
  const lucia = createLucia(tx, env);
  const now = new Date();
  const publicId = crypto.randomUUID();
  const session = await lucia.createSession(userId, { publicId, createdAt: now, lastSeenAt: now, userAgent }, { sessionId: randomBytes(TOKEN_BYTES).toString('base64url') });
  return { publicId, cookie: lucia.createSessionCookie(session.id).serialize() };
}

export interface FoundSession { user: SessionUser; sessionId: string; /** Set when the session was renewed. */ cookie: string | null }

/** Who holds this token; renews the session when half its time is gone. */
export async function findSession(db: Tx, env: CookieEnv, token: string): Promise<FoundSession | null> {
  const lucia = createLucia(db, env);
  const { user, session } = await lucia.validateSession(token);
  if (!user) return null;
  const now = Date.now();
  if (now - session.lastSeenAt.getTime() > SEEN_EVERY_MS) await db.session.updateMany({ where: { publicId: session.publicId }, data: { lastSeenAt: new Date(now) } });
  if (!session.fresh) return { user, sessionId: session.publicId, cookie: null };
  const cookie = lucia.createSessionCookie(token);
  cookie.attributes.maxAge = Math.floor((earlier(session.expiresAt, lastMoment(session.createdAt)).getTime() - now) / 1_000);
  return { user, sessionId: session.publicId, cookie: cookie.serialize() };
}

/** The cookie that makes a browser forget its session. */
export const endedSessionCookie = (db: Tx, env: CookieEnv): string => createLucia(db, env).createBlankSessionCookie().serialize();

/** Ends one session of a person; false when they have no such session. */
export async function endSession(db: Tx, userId: string, publicId: string): Promise<boolean> {
  const { count } = await db.session.deleteMany({ where: { userId, publicId } });
  await wakeStreams(db, userId);
  return count > 0;
}

/** Ends all sessions of a person, but the one kept. */
export async function endSessions(db: Tx, userId: string, keep: string | null): Promise<void> {
  await db.session.deleteMany({ where: { userId, ...(keep === null ? {} : { publicId: { not: keep } }) } });
  await wakeStreams(db, userId);
}

/** Open event streams look whether their session still lives: an ended one closes at once, not at its next look. */
const wakeStreams = async (db: Tx, userId: string): Promise<void> => await notify(db, CHANNELS.events, userId);
