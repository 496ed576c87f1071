/**
 * robots.txt and the sitemap of public pages. The index names one sitemap for each day on which something was published: a day is a
 * range of the lists' own indexes, so that neither the index nor a page reads more rows than it shows.
 */
import { CodedError } from '@style-license/shared';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { escapeHtml } from '../../http/page-head.ts';
import type { Deps } from '../../platform/deps.ts';
import { publishedDaysSql, sitemapDaySql, SITEMAP_KINDS, type SitemapEntry, type SitemapKind } from './sitemap.sql.ts';

const CACHE_CONTROL = 'public, max-age=3600';
/** One's own pages and forms: nothing to find there. */
const CLOSED = ['/trpc', '/api', '/auth', '/dev', '/previews', '/*/me', '/*/tokens', '/*/settings', '/*/notifications', '/*/admin', '/*/sign-in', '/*/sign-up', '/*/forgot', '/*/reset', '/*/verify-email', '/*/moderation'];
const FIXED = ['', '/explore', '/how-it-works', '/terms', '/privacy'];
const params = z.object({ kind: z.enum(SITEMAP_KINDS), day: z.iso.date() });

export function registerSitemap(app: FastifyInstance, { db, env }: Deps): void {
  const origin = env.APP_ORIGIN;
  app.get('/robots.txt', async (_request, reply) => await reply.header('cache-control', CACHE_CONTROL).type('text/plain; charset=utf-8').send(
    ['User-agent: *', ...CLOSED.map((path) => `Disallow: ${path}`), 'Allow: /', '', `Sitemap: ${origin}/sitemap.xml`, ''].join('\n')));

  app.get('/sitemap.xml', async (_request, reply) => {
    const days = await Promise.all(SITEMAP_KINDS.map(async (kind) => (await publishedDaysSql(db, kind)).map((day) => `${origin}/sitemap/${kind}/${day}.xml`)));
    const places = [`${origin}/sitemap/pages.xml`, ...days.flat()].map((place) => `<sitemap><loc>${escapeHtml(place)}</loc></sitemap>`);
    return await reply.header('cache-control', CACHE_CONTROL).type('application/xml; charset=utf-8')
      .send(`<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${places.join('\n')}\n</sitemapindex>\n`);
  });

  app.get('/sitemap/pages.xml', async (_request, reply) =>
    await reply.header('cache-control', CACHE_CONTROL).type('application/xml; charset=utf-8').send(urlSet(origin, FIXED.map((path) => ({ path, at: null })))));

  app.get<{ Params: { kind: string; file: string } }>('/sitemap/:kind/:file', async (request, reply) => {
    const asked = params.safeParse({ kind: request.params.kind, day: request.params.file.replace(/\.xml$/, '') });
    if (!asked.success || !request.params.file.endsWith('.xml')) throw new CodedError('NOT_FOUND');
    const rows = await sitemapDaySql(db, asked.data.kind, asked.data.day);
    return await reply.header('cache-control', CACHE_CONTROL).type('application/xml; charset=utf-8').send(urlSet(origin, rows.map((row) => ({ path: pathOf(asked.data.kind, row), at: row.at }))));
  });
}

const PLACES: Readonly<Record<SitemapKind, string>> = { images: 'images', styles: 'styles', artists: 'u' };
const pathOf = (kind: SitemapKind, { name }: SitemapEntry): string => `/${PLACES[kind]}/${encodeURIComponent(name)}`;

/** Each page in both languages, which name each other. */
function urlSet(origin: string, pages: readonly { path: string; at: Date | null }[]): string {
  const urls = pages.flatMap(({ path, at }) => {
    const [en, ko] = ['en', 'ko'].map((locale) => escapeHtml(`${origin}/${locale}${path}`));
    const others = `<xhtml:link rel="alternate" hreflang="en" href="${en}"/><xhtml:link rel="alternate" hreflang="ko" href="${ko}"/>`;
    return [en, ko].map((place) => `<url><loc>${place}</loc>${at ? `<lastmod>${at.toISOString()}</lastmod>` : ''}${others}</url>`);
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n${urls.join('\n')}\n</urlset>\n`;
}
