import type { Locale } from '@style-license/shared';
import { MAIL_TEMPLATES, type MailTemplate, type MailText, type MailValues } from './templates.ts';

export interface RenderedMail { subject: string; text: string; html: string }

const SIGN_OFF: Record<Locale, string> = { en: 'Style License', ko: 'Style License 드림' };

/** A mail as plain text and as HTML of the same words. */
export function renderMail<T extends MailTemplate>(template: T, locale: Locale, values: MailValues[T]): RenderedMail {
  const mail = MAIL_TEMPLATES[template][locale](values);
  // A header ends at a line break: what people named their style must not start another one.
  return { subject: mail.subject.replaceAll(/[\r\n]+/g, ' '), text: asText(mail, locale), html: asHtml(mail, locale) };
}

function asText({ lines: [first = '', ...rest], code, link }: MailText, locale: Locale): string {
  return [first, ...(code ? [code] : []), ...(link ? [link.url] : []), ...rest, `— ${SIGN_OFF[locale]}`].join('\n\n');
}

function asHtml({ lines: [first = '', ...rest], code, link }: MailText, locale: Locale): string {
  const paragraph = (html: string): string => `<p style="margin:0 0 16px">${html}</p>`;
  const parts = [
    paragraph(escape(first)),
    ...(code ? [paragraph(`<strong style="font-size:28px;letter-spacing:6px">${escape(code)}</strong>`)] : []),
    ...(link ? [paragraph(`<a href="${escape(link.url)}" style="color:#8a3b1f">${escape(link.text)}</a>`)] : []),
    ...rest.map((line) => paragraph(escape(line))),
    paragraph(`<span style="color:#6b655c">${SIGN_OFF[locale]}</span>`),
  ];
  return `<!doctype html><html lang="${locale}"><body style="font:16px/1.5 sans-serif;color:#221f1b;max-width:34em;margin:24px auto;padding:0 16px">${parts.join('')}</body></html>`;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!);
