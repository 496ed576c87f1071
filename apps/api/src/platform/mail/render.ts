import type { Locale } from '@style-license/shared';
import { MAIL_TEMPLATES, type MailTemplate, type MailText, type MailValues } from './templates.ts';

export interface RenderedMail { subject: string; text: string; html: string; /** Its sentences alone. */ lines: string[] }

const SIGN_OFF: Record<Locale, string> = { en: 'Style License', ko: 'Style License 드림' };

/** At the foot of mails that can be refused. */
const REFUSE: Record<Locale, { why: string; act: string }> = {
  en: { why: 'You get this because a job of yours ended.', act: 'No more such mails' },
  ko: { why: '요청하신 작업이 끝나 보내 드리는 메일입니다.', act: '이런 메일 그만 받기' },
};

/** A mail as plain text and as HTML of the same words. */
export function renderMail<T extends MailTemplate>(template: T, locale: Locale, values: MailValues[T], refuseUrl: string | null = null): RenderedMail {
  const mail = MAIL_TEMPLATES[template][locale](values);
  // A header ends at a line break: what people named their style must not start another one.
  return { subject: mail.subject.replaceAll(/[\r\n]+/g, ' '), text: asText(mail, locale, refuseUrl), html: asHtml(mail, locale, refuseUrl), lines: mail.lines };
}

function asText({ lines: [first = '', ...rest], code, link }: MailText, locale: Locale, refuseUrl: string | null): string {
  const { why, act } = REFUSE[locale];
  return [first, ...(code ? [code] : []), ...(link ? [link.url] : []), ...rest, `— ${SIGN_OFF[locale]}`, ...(refuseUrl ? [`${why} ${act}: ${refuseUrl}`] : [])].join('\n\n');
}

function asHtml({ lines: [first = '', ...rest], code, link }: MailText, locale: Locale, refuseUrl: string | null): string {
  const { why, act } = REFUSE[locale];
  const paragraph = (html: string): string => `<p style="margin:0 0 16px">${html}</p>`;
  const parts = [
    paragraph(escape(first)),
    ...(code ? [paragraph(`<strong style="font-size:28px;letter-spacing:6px">${escape(code)}</strong>`)] : []),
    ...(link ? [paragraph(`<a href="${escape(link.url)}" style="color:#8a3b1f">${escape(link.text)}</a>`)] : []),
    ...rest.map((line) => paragraph(escape(line))),
    paragraph(`<span style="color:#6b655c">${SIGN_OFF[locale]}</span>`),
    ...(refuseUrl ? [`<p style="margin:24px 0 0;font-size:13px;color:#6b655c">${why} <a href="${escape(refuseUrl)}" style="color:#6b655c">${act}</a></p>`] : []),
  ];
  return `<!doctype html><html lang="${locale}"><body style="font:16px/1.5 sans-serif;color:#221f1b;max-width:34em;margin:24px auto;padding:0 16px">${parts.join('')}</body></html>`;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!);
