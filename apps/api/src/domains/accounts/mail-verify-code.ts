import type { Locale } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { sendMail } from '../../platform/mail/index.ts';
import { CODE_MINUTES, issueVerifyCode } from './email-codes.ts';

export async function mailVerifyCode(tx: Tx, deps: Deps, { userId, email, locale }: { userId: string; email: string; locale: Locale }): Promise<void> {
  const code = await issueVerifyCode(tx, deps.env, { userId, email, now: deps.clock.now() });
  await sendMail(deps, tx, { to: email, template: 'verifyEmail', locale, values: { code, minutes: CODE_MINUTES } });
}
