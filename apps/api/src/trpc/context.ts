/** What a procedure knows of the request it runs in. Who asks is found out by accounts, handed in at composition. */
import type { Locale } from '@style-license/shared';
import type { Deps } from '../platform/deps.ts';
import type { Logger } from '../platform/logger.ts';

export interface SessionUser {
  id: string;
  username: string;
  role: 'user' | 'admin';
  pool: 'user' | 'demo';
  locale: Locale;
  isArtist: boolean;
  emailVerified: boolean;
}

export interface Authenticated {
  user: SessionUser;
  /** The session's public id. */
  sessionId: string;
}

export interface Context {
  deps: Deps;
  log: Logger;
  requestId: string;
  /** The person's address as far as trusted proxies tell. */
  ip: string;
  userAgent: string | null;
  user: SessionUser | null;
  sessionId: string | null;
  /** Adds a Set-Cookie header, already serialised, to the answer. */
  setCookie(serialised: string): void;
  setHeader(name: string, value: string): void;
  /** Limits this request was counted against: a batch counts once (R29). */
  counted: Map<string, Promise<void>>;
}
