import { BOSS_SCHEMA, MAIL_QUEUE } from '@style-license/shared/server';
import type { Locale } from '@style-license/shared';
import type { Tx } from '../database.ts';
import type { Queue } from '../queue.ts';
import type { Env } from '../../env.ts';
import { renderMail } from './render.ts';
import type { MailTemplate, MailValues } from './templates.ts';
import { unsubscribeUrl } from './unsubscribe-link.ts';

export interface OutgoingMail<T extends MailTemplate> { to: string; template: T; locale: Locale; values: MailValues[T]; /** Who may refuse mails of this kind, by the link that they get. */ refusedBy?: string }

/** Puts a mail into the outbox with the transaction (R22); a worker sends it afterwards. */
export async function sendMail<T extends MailTemplate>(deps: { queue: Queue; env: Pick<Env, 'APP_ORIGIN' | 'STORE_SECRET'> }, tx: Tx, mail: OutgoingMail<T>): Promise<void> {
  const refuse = mail.refusedBy === undefined ? null : unsubscribeUrl(mail.refusedBy, deps.env);
  const { subject, text, html } = renderMail(mail.template, mail.locale, mail.values, refuse);
  const { id } = await tx.mail.create({ data: { toAddress: mail.to, subject, text, html, unsubscribeUrl: refuse }, select: { id: true } });
  await deps.queue.send(tx, { schema: BOSS_SCHEMA, queue: MAIL_QUEUE, data: { mailId: id } });
}
