import { CodedError } from '@style-license/shared';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { sendMail } from '../../platform/mail/index.ts';
import type { SessionUser } from '../../trpc/context.ts';
import { assertGoodPassword, hashPassword, isPassword } from './password.ts';
import { endSessions } from './session.ts';

/** A new password from within; every other session ends. Who came by Google sets their first one here. @throws INVALID_CREDENTIALS */
export async function changePassword(deps: Deps, { id: userId, locale }: SessionUser, sessionId: string, { current, next }: { current: string | null; next: string }): Promise<void> {
  const { env, db } = deps;
  if (!env.PASSWORD_SIGN_IN) throw new CodedError('PASSWORD_SIGN_IN_OFF');
  const user = await db.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true, name: true, passwordHash: true } });
  if (user.passwordHash !== null && !(await isPassword(user.passwordHash, current ?? ''))) throw new CodedError('INVALID_CREDENTIALS', { field: 'current' });
  assertGoodPassword(next, user);
  const passwordHash = await hashPassword(next);
  await transaction(db, async (tx) => {
    // Still the password that was checked: of two changes at once one is refused.
    const { count } = await tx.user.updateMany({ where: { id: userId, passwordHash: user.passwordHash }, data: { passwordHash } });
    if (count === 0) throw new CodedError('CONFLICT');
    await endSessions(tx, userId, sessionId);
    if (user.email !== null) await sendMail(deps, tx, { to: user.email, template: 'passwordChanged', locale, values: { url: `${env.APP_ORIGIN}/${locale}/forgot` } });
  });
}
