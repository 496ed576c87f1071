/** What a page says of itself to those who read no JavaScript: search engines, and the previews of shared links. */
import type { Locale } from '@style-license/shared';

export interface PageHead {
  locale: Locale;
  title: string;
  description: string;
  /** Addresses are absolute. Null: the page has no lasting address in this form. */
  canonical: { own: string; byLocale: Readonly<Record<Locale, string>> } | null;
  picture: { url: string; type: string; width: number; height: number; alt: string } | null;
  kind: 'website' | 'article' | 'profile';
  /** Nothing here is for a search engine: what is private, hidden, or not there. */
  noIndex: boolean;
}

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPED[character]!);

const OPEN_GRAPH_LOCALE: Readonly<Record<Locale, string>> = { en: 'en_US', ko: 'ko_KR' };
const meta = (attribute: 'name' | 'property', key: string, content: string): string => `<meta ${attribute}="${key}" content="${escapeHtml(content)}" />`;
const link = (rel: string, href: string, hreflang?: string): string => `<link rel="${rel}"${hreflang === undefined ? '' : ` hreflang="${hreflang}"`} href="${escapeHtml(href)}" />`;

/** The built page with this head in it. Everything that people wrote is escaped; `replaceAll` gets functions, since `$` means something in a text. */
export function fillHead(html: string, head: PageHead): string {
  const { canonical, picture } = head;
  const tags = [
    meta('name', 'description', head.description),
    ...(head.noIndex ? [meta('name', 'robots', 'noindex')] : []),
    ...(canonical ? [link('canonical', canonical.own), link('alternate', canonical.byLocale.en, 'en'), link('alternate', canonical.byLocale.ko, 'ko'), link('alternate', canonical.byLocale.en, 'x-default')] : []),
    meta('property', 'og:site_name', 'Style License'), meta('property', 'og:type', head.kind), meta('property', 'og:title', head.title), meta('property', 'og:description', head.description),
    meta('property', 'og:locale', OPEN_GRAPH_LOCALE[head.locale]),
    ...(canonical ? [meta('property', 'og:url', canonical.own)] : []),
    ...(picture ? [
      meta('property', 'og:image', picture.url), meta('property', 'og:image:type', picture.type), meta('property', 'og:image:width', String(picture.width)), meta('property', 'og:image:height', String(picture.height)),
      meta('property', 'og:image:alt', picture.alt), meta('name', 'twitter:image', picture.url), meta('name', 'twitter:image:alt', picture.alt),
    ] : []),
    meta('name', 'twitter:card', picture ? 'summary_large_image' : 'summary'), meta('name', 'twitter:title', head.title), meta('name', 'twitter:description', head.description),
  ];
  return html
    .replace(/<html\b[^>]*>/, () => `<html lang="${head.locale}">`)
    .replace(/\s*<meta name="description"[^>]*>/, '')
    .replace(/<title>[^<]*<\/title>/, () => `<title>${escapeHtml(head.title)}</title>`)
    .replace('</head>', () => `  ${tags.join('\n    ')}\n  </head>`);
}
