/**
 * Which account a Google identity opens. Nobody gets into an account by an address alone: an account that exists is opened
 * only when it is linked, or when both it and Google have verified that address.
 */
import { CodedError, type Locale } from '@style-license/shared';
import { transaction, type Tx } from '../../../platform/database.ts';
import type { Deps } from '../../../platform/deps.ts';
import { raiseEvents } from '../../../platform/events.ts';
import { createUser } from '../create-user.ts';
import { mailVerifyCode } from '../mail-verify-code.ts';
import { startSession } from '../session.ts';
import type { SignedIn } from '../sign-up.ts';
import { claimWelcome } from '../welcome.ts';
import type { GoogleIdentity } from './oidc.ts';

const PROVIDER = 'google';
interface From { locale: Locale; userAgent: string | null }

/** Signs in or up. @throws GOOGLE_LINK_REFUSED, ACCOUNT_DEACTIVATED */
export async function signInWithGoogle(deps: Deps, google: GoogleIdentity, from: From): Promise<SignedIn> {
  try {
    return await enter(deps, google, from);
  } catch (error) {
    // Another window signed this very person up at the same moment: now there is an account to find.
    if (!(error instanceof CodedError) || (error.code !== 'EMAIL_TAKEN' && error.code !== 'CONFLICT')) throw error;
    return await enter(deps, google, from);
  }
}

async function enter(deps: Deps, google: GoogleIdentity, from: From): Promise<SignedIn> {
  return await transaction(deps.db, async (tx) => {
    const userId = (await findLinked(tx, google)) ?? (await linkVerified(tx, google)) ?? (await signUpWithGoogle(tx, deps, google, from.locale));
    const { state } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { state: true } });
    if (state !== 'active') throw new CodedError('ACCOUNT_DEACTIVATED');
    const { cookie } = await startSession(tx, deps.env, { userId, userAgent: from.userAgent });
    return { userId, cookie };
  });
}

async function findLinked(tx: Tx, { subject }: GoogleIdentity): Promise<string | null> {
  const identity = await tx.identity.findUnique({ where: { provider_subject: { provider: PROVIDER, subject } }, select: { userId: true } });
  return identity?.userId ?? null;
}

/** An account with the same address: linked when both sides verified it, else refused. Null when there is none. */
async function linkVerified(tx: Tx, google: GoogleIdentity): Promise<string | null> {
  if (google.email === null) return null;
  // Locked, so that verification and linking at once see each other.
  const [user] = await tx.$queryRaw<{ id: string; verified: boolean }[]>`SELECT id, email_verified_at IS NOT NULL AS verified FROM users WHERE email = ${google.email} FOR UPDATE`;
  if (!user) return null;
  if (!user.verified || !google.emailVerified) throw new CodedError('GOOGLE_LINK_REFUSED');
  await link(tx, user.id, google);
  return user.id;
}

async function signUpWithGoogle(tx: Tx, deps: Deps, google: GoogleIdentity, locale: Locale): Promise<string> {
  const { subject, email, emailVerified } = google;
  const { id } = await createUser(tx, {
    email, emailVerifiedAt: email !== null && emailVerified ? deps.clock.now() : null, passwordHash: null, name: google.name ?? email?.split('@', 1)[0] ?? '', locale, google: subject,
  });
  const { count } = await tx.identity.createMany({ data: [{ provider: PROVIDER, subject, userId: id, email }], skipDuplicates: true });
  if (count === 0) throw new CodedError('CONFLICT');
  if (email !== null && !emailVerified) await mailVerifyCode(tx, deps, { userId: id, email, locale });
  return id;
}

/** Ties Google to the account of who asks, from inside it. @throws GOOGLE_LINK_REFUSED when it belongs to another account, or this one has another */
export async function linkGoogle(deps: Deps, userId: string, google: GoogleIdentity): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const [user] = await tx.$queryRaw<{ email: string | null; verified: boolean }[]>`
      SELECT email, email_verified_at IS NOT NULL AS verified FROM users WHERE id = ${userId}::uuid AND state = 'active' FOR UPDATE`;
    if (!user) throw new CodedError('UNAUTHORIZED');
    await link(tx, userId, google);
    // Google vouches for the very address of this account.
    if (!user.verified && google.emailVerified && google.email === user.email) await tx.user.update({ where: { id: userId }, data: { emailVerifiedAt: deps.clock.now() } });
    await raiseEvents(tx, [{ userId, event: { type: 'account' } }]);
  });
}

async function link(tx: Tx, userId: string, { subject, email }: GoogleIdentity): Promise<void> {
  const known = await tx.identity.findFirst({ where: { userId, provider: PROVIDER }, select: { subject: true } });
  if (known && known.subject !== subject) throw new CodedError('GOOGLE_LINK_REFUSED');
  await tx.identity.createMany({ data: [{ provider: PROVIDER, subject, userId, email }], skipDuplicates: true });
  const owner = await findLinked(tx, { subject, email, emailVerified: false, name: null });
  if (owner !== userId) throw new CodedError('GOOGLE_LINK_REFUSED');
  // This identity had its welcome with the account; it gets no second one after leaving.
  await claimWelcome(tx, { email: null, google: subject });
}
