export { sendMail, type OutgoingMail } from './send-mail.ts';
export { createMailTransport, deliverMail, type MailTransport } from './deliver-mail.ts';
export { type MailTemplate, type MailValues } from './templates.ts';
export { mailJobResult } from './mail-job-result.ts';
export { readUnsubscribeToken, UNSUBSCRIBE_PATH, unsubscribeUrl } from './unsubscribe-link.ts';
export { renderMail } from './render.ts';
