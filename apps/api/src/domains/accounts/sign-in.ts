import { CodedError, type signInInput } from '@style-license/shared';
import type * as z from 'zod';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { isPassword } from './password.ts';
import { endSession, startSession } from './session.ts';
import type { SignedIn } from './sign-up.ts';

/**
 * The same answer, after the same work, for an unknown address and for a wrong password.
 * @throws PASSWORD_SIGN_IN_OFF, INVALID_CREDENTIALS, ACCOUNT_DEACTIVATED
 */
export async function signIn(
  deps: Deps, { email, password }: z.output<typeof signInInput>, from: { userAgent: string | null; userId: string | null; sessionId: string | null },
): Promise<SignedIn> {
  if (!deps.env.PASSWORD_SIGN_IN) throw new CodedError('PASSWORD_SIGN_IN_OFF');
  const user = await deps.db.user.findUnique({ where: { email }, select: { id: true, passwordHash: true, state: true } });
  if (!(await isPassword(user?.passwordHash ?? null, password)) || !user) throw new CodedError('INVALID_CREDENTIALS');
  if (user.state !== 'active') throw new CodedError('ACCOUNT_DEACTIVATED');
  return await transaction(deps.db, async (tx) => {
    // The browser's cookie is about to be replaced: what it stood for ends.
    if (from.userId !== null && from.sessionId !== null) await endSession(tx, from.userId, from.sessionId);
    const { cookie } = await startSession(tx, deps.env, { userId: user.id, userAgent: from.userAgent });
    return { userId: user.id, cookie };
  });
}
