import { createHash } from 'node:crypto';
import { LIMITS } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';
import { grant } from '../ledger/index.ts';

/** The mailbox behind an address: a tag after + and, at Gmail, dots lead to the same one. */
export function mailbox(email: string): string {
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1).toLowerCase();
  const isGmail = domain === 'gmail.com' || domain === 'googlemail.com';
  const [local = ''] = email.slice(0, at).toLowerCase().split('+', 1);
  return `${isGmail ? local.replaceAll('.', '') : local}@${isGmail ? 'gmail.com' : domain}`;
}

export interface WelcomeSource { email: string | null; google?: string }

/** Notes who a person is, for ever. True when none of these identities was here before. */
export async function claimWelcome(tx: Tx, { email, google }: WelcomeSource): Promise<boolean> {
  const identities = [...(email === null ? [] : [`email:${mailbox(email)}`]), ...(google === undefined ? [] : [`google:${google}`])];
  const hashes = identities.map((identity) => createHash('sha256').update(identity).digest('hex')).sort();
  const { count } = await tx.welcomeIdentity.createMany({ data: hashes.map((identityHash) => ({ identityHash })), skipDuplicates: true });
  return count === hashes.length && count > 0;
}

/** 100 bonus tokens at first sign-up, once per identity for ever: leaving and coming back gives none. */
export async function grantWelcomeBonus(tx: Tx, userId: string, source: WelcomeSource): Promise<void> {
  if (!(await claimWelcome(tx, source))) return;
  await grant(tx, {
    userId, tokens: LIMITS.welcomeBonusTokens, fund: 'bonus', kind: 'welcome_bonus', memo: 'Welcome Bonus', scope: 'welcome_bonus', key: userId,
    requestHash: createHash('sha256').update(`welcome_bonus ${userId}`).digest('hex'),
  });
}
