import { CodedError, type Locale } from '@style-license/shared';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { sendMail } from '../../platform/mail/index.ts';
import { issueResetToken, RESET_MINUTES } from './email-codes.ts';

/** Mails a link to choose a new password. Never tells whether the address is known. @throws PASSWORD_SIGN_IN_OFF */
export async function requestPasswordReset(deps: Deps, { email, locale }: { email: string; locale: Locale }): Promise<void> {
  const { env, db, clock } = deps;
  if (!env.PASSWORD_SIGN_IN) throw new CodedError('PASSWORD_SIGN_IN_OFF');
  await transaction(db, async (tx) => {
    const user = await tx.user.findUnique({ where: { email }, select: { id: true, state: true } });
    if (user?.state !== 'active') return;
    const token = await issueResetToken(tx, env, { userId: user.id, email, now: clock.now() });
    const url = `${env.APP_ORIGIN}/${locale}/reset?token=${token}`;
    await sendMail(deps, tx, { to: email, template: 'resetPassword', locale, values: { url, minutes: RESET_MINUTES } });
  });
}
