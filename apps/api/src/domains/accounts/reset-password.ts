import { CodedError } from '@style-license/shared';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { hashCode, replaceCodes } from './email-codes.ts';
import { assertGoodPassword, hashPassword } from './password.ts';
import { endSessions, startSession } from './session.ts';
import type { SignedIn } from './sign-up.ts';

interface ResetRow { id: string; user_id: string; email: string; expires_at: Date; used_at: Date | null }

/**
 * A new password by the link from a mail; every session ends, a new one starts. Who holds the mailbox is its owner: the
 * address counts as verified from here on, and whatever somebody else had tied to a never verified account is cut off.
 * @throws CODE_INVALID, CODE_EXPIRED, PASSWORD_TOO_SHORT, PASSWORD_TOO_COMMON, ACCOUNT_DEACTIVATED
 */
export async function resetPassword(deps: Deps, { token, password }: { token: string; password: string }, userAgent: string | null): Promise<SignedIn> {
  if (!deps.env.PASSWORD_SIGN_IN) throw new CodedError('PASSWORD_SIGN_IN_OFF');
  const codeHash = hashCode(deps.env, 'reset', '', token);
  // Cheap refusals come before the costly hash, and the password is judged before the link is used up.
  const { email } = await findReset(deps.db, deps, codeHash, false);
  assertGoodPassword(password, { email });
  const passwordHash = await hashPassword(password);
  return await transaction(deps.db, async (tx) => {
    const reset = await findReset(tx, deps, codeHash, true);
    const now = deps.clock.now();
    const userId = reset.user_id;
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true, emailVerifiedAt: true, state: true } });
    if (user.state !== 'active') throw new CodedError('ACCOUNT_DEACTIVATED');
    if (user.email !== reset.email) throw new CodedError('CODE_EXPIRED');
    if (user.emailVerifiedAt === null) await tx.identity.deleteMany({ where: { userId } });
    await tx.user.update({ where: { id: userId }, data: { passwordHash, emailVerifiedAt: user.emailVerifiedAt ?? now } });
    await replaceCodes(tx, 'reset', userId, now);
    await endSessions(tx, userId, null);
    const { cookie } = await startSession(tx, deps.env, { userId, userAgent });
    await raiseEvents(tx, [{ userId, event: { type: 'account' } }]);
    return { userId, cookie };
  });
}

async function findReset(tx: Tx, { clock }: Deps, codeHash: string, lock: boolean): Promise<ResetRow> {
  const [row] = lock
    ? await tx.$queryRaw<ResetRow[]>`SELECT id, user_id, email, expires_at, used_at FROM email_codes WHERE code_hash = ${codeHash} AND purpose = 'reset' FOR UPDATE`
    : await tx.$queryRaw<ResetRow[]>`SELECT id, user_id, email, expires_at, used_at FROM email_codes WHERE code_hash = ${codeHash} AND purpose = 'reset'`;
  if (!row) throw new CodedError('CODE_INVALID');
  if (row.used_at !== null || row.expires_at <= clock.now()) throw new CodedError('CODE_EXPIRED');
  return row;
}
