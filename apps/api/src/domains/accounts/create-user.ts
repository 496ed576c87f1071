import { CodedError, type Locale } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';
import { openWallet } from '../ledger/index.ts';
import { cleanLine } from './text.ts';
import { suggestUsernames } from './username.ts';
import { grantWelcomeBonus } from './welcome.ts';

export interface NewUser {
  email: string | null;
  emailVerifiedAt: Date | null;
  passwordHash: string | null;
  name: string;
  locale: Locale;
  /** Google's subject, for people who come from there. */
  google?: string;
  /** Wanted by the demo gallery only; others get one made of their name. */
  username?: string;
  pool?: 'user' | 'demo';
  role?: 'user' | 'admin';
}

const ATTEMPTS = 12;

/** A person with a wallet and, the first time, the welcome bonus. @throws EMAIL_TAKEN */
export async function createUser(tx: Tx, user: NewUser): Promise<{ id: string; username: string }> {
  const made = await insertUser(tx, user);
  await openWallet(tx, made.id);
  await grantWelcomeBonus(tx, made.id, { email: user.email, ...(user.google === undefined ? {} : { google: user.google }) });
  return made;
}

/** ON CONFLICT, since a caught violation would have ended the transaction (R31); then look which rule it was. */
async function insertUser(tx: Tx, user: NewUser): Promise<{ id: string; username: string }> {
  const name = cleanLine(user.name) || 'Someone';
  const { email, emailVerifiedAt, passwordHash, locale, pool = 'user', role = 'user' } = user;
  let tries = 0;
  for (const username of user.username === undefined ? suggestUsernames(name, email ?? '') : suggestUsernames(user.username)) {
    const [row] = await tx.$queryRaw<{ id: string; username: string }[]>`
      INSERT INTO users (email, email_verified_at, password_hash, name, username, locale, pool, role)
      VALUES (${email}, ${emailVerifiedAt}, ${passwordHash}, ${name}, ${username}, ${locale}, ${pool}, ${role})
      ON CONFLICT DO NOTHING RETURNING id, username`;
    if (row) return row;
    if (email !== null && (await tx.user.findUnique({ where: { email }, select: { id: true } }))) throw new CodedError('EMAIL_TAKEN', { field: 'email' });
    if (++tries >= ATTEMPTS) break;
  }
  throw new Error('no username was free');
}
