import type { Locale } from '@style-license/shared';
import type { Tx } from '../database.ts';
import type { Deps } from '../deps.ts';
import { sendMail } from './send-mail.ts';
import type { MailTemplate, MailValues } from './templates.ts';

export interface JobResultMail<T extends MailTemplate> { userId: string; template: T; /** A page of ours, after the language. */ path: string; values: Omit<MailValues[T], 'url'> }

/**
 * A mail about how a job ended: to a verified address, in the person's language, unless they refused such mails by the link at their
 * foot. Nobody reads the mail of the demo's people. Where SMTP is not set it stays in the outbox (/dev/outbox).
 */
export async function mailJobResult<T extends MailTemplate>(deps: Pick<Deps, 'queue' | 'env'>, tx: Tx, mail: JobResultMail<T>): Promise<boolean> {
  const to = await tx.user.findUniqueOrThrow({ where: { id: mail.userId }, select: { email: true, emailVerifiedAt: true, locale: true, pool: true, state: true, mailJobResults: true } });
  if (to.email === null || to.emailVerifiedAt === null || to.pool !== 'user' || to.state !== 'active' || !to.mailJobResults) return false;
  const locale = to.locale as Locale;
  const values = { ...mail.values, url: `${deps.env.APP_ORIGIN}/${locale}${mail.path}` } as MailValues[T];
  await sendMail(deps, tx, { to: to.email, locale, template: mail.template, values, refusedBy: mail.userId });
  return true;
}
