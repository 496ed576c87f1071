/** The outbox as development shows it: what would have been mailed. */
import type { Reader } from '../../platform/database.ts';

export interface OutboxMail { to: string; subject: string; text: string; at: string; sent: boolean }

const SHOWN = 50;

/** Newest first. */
export async function readOutbox(db: Reader, to: string | null): Promise<OutboxMail[]> {
  const rows = await db.mail.findMany({ where: to === null ? {} : { toAddress: to.toLowerCase() }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take: SHOWN });
  return rows.map(({ toAddress, subject, text, createdAt, sentAt }) => ({ to: toAddress, subject, text, at: createdAt.toISOString(), sent: sentAt !== null }));
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!);
const withLinks = (text: string): string => escape(text).replaceAll(/https?:\/\/[^\s<]+/g, (url) => `<a href="${url}">${url}</a>`);

export function outboxPage(mails: readonly OutboxMail[]): string {
  const items = mails.map(({ to, subject, text, at }) => `<article><h2>${escape(subject)}</h2><p class="meta">${escape(to)} · <time datetime="${at}">${at}</time></p><pre>${withLinks(text)}</pre></article>`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Outbox</title><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:44em;margin:32px auto;padding:0 16px;color:#221f1b;background:#faf8f4}article{border-top:1px solid #d8d2c6;padding:16px 0}
h2{font-size:18px;margin:0}.meta{color:#6b655c;margin:4px 0 12px}pre{white-space:pre-wrap;font:inherit;margin:0}
@media (prefers-color-scheme:dark){body{color:#eee9e0;background:#1c1a18}article{border-color:#3a3632}.meta{color:#a39c90}a{color:#e0a080}}
</style></head><body><h1>Outbox</h1><p class="meta">Mails of this development server, newest first. None of them left the machine unless SMTP_URL is set.</p>${items.join('') || '<p>Nothing yet.</p>'}</body></html>`;
}
