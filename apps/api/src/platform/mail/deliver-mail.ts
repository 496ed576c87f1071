import { createTransport, type Transporter } from 'nodemailer';
import type { Database } from '../database.ts';
import type { Clock } from '../clock.ts';

/** The way out of the house; null where SMTP is not set: then the outbox is all there is. */
export type MailTransport = Pick<Transporter, 'sendMail' | 'close'> | null;

const CONNECTION_TIMEOUT_MS = 10_000;

export function createMailTransport(smtpUrl: string | undefined): MailTransport {
  if (smtpUrl === undefined) return null;
  return createTransport({ url: smtpUrl, connectionTimeout: CONNECTION_TIMEOUT_MS, greetingTimeout: CONNECTION_TIMEOUT_MS, socketTimeout: CONNECTION_TIMEOUT_MS });
}

export interface DeliveryDeps { db: Database; clock: Clock; env: { MAIL_FROM: string; isProduction: boolean } }

/**
 * Sends one mail of the outbox. A fault is noted on the row and thrown, so that the queue tries again. The message id is
 * the row's, so a mail sent twice (a worker died between sending and noting it) is one mail for the reader's program.
 */
export async function deliverMail(deps: DeliveryDeps, transport: MailTransport, mailId: string): Promise<void> {
  const mail = await deps.db.mail.findUnique({ where: { id: mailId } });
  if (!mail || mail.sentAt || !transport) return;
  try {
    await transport.sendMail({
      from: deps.env.MAIL_FROM,
      to: { name: '', address: mail.toAddress },
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      ...(mail.unsubscribeUrl === null ? {} : { headers: { 'List-Unsubscribe': `<${mail.unsubscribeUrl}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } }),
      messageId: `<${mail.id}@style-license>`,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  } catch (error) {
    await deps.db.mail.update({ where: { id: mailId }, data: { failure: (error as Error).message.slice(0, 500) } });
    throw error;
  }
  // A sent mail's body may hold a way into an account: production keeps no copy.
  const emptied = deps.env.isProduction ? { text: '', html: '' } : {};
  await deps.db.mail.update({ where: { id: mailId }, data: { sentAt: deps.clock.now(), failure: null, ...emptied } });
}
