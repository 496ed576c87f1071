/** The built web app: hashed assets for ever, index.html never, and index.html, with the head of each, for every page's address. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../platform/logger.ts';
import { sendError } from './error-handler.ts';
import { fillHead, type PageHead } from './page-head.ts';
import { openWebIndex } from './web-index.ts';
import { openWrittenPages, type Ask, type Screen } from './written-pages.ts';

/** Addresses that are no pages: unknown ones under them answer 404, not the app. */
const NOT_PAGES = ['/trpc', '/auth', '/dev', '/health', '/metrics', '/images', '/artworks', '/previews', '/avatars', '/assets', '/api', '/sitemap'];

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '/';
const isPage = (path: string): boolean => {
  if (NOT_PAGES.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))) return false;
  // A last segment with a dot asks for a file that is not there.
  return !/\.[a-z0-9]+$/i.test(path);
};

/** The folder of the built app, or null when it was not built (development serves it elsewhere). */
export function findWebDist(configured: string | undefined): string | null {
  const folder = configured ?? join(import.meta.dirname, '../../../web/dist');
  return existsSync(join(folder, 'index.html')) ? folder : null;
}

/** What a page says of itself, by its path; never fails for what is not there. */
export type HeadOf = (path: string) => Promise<PageHead>;

/** The way of a request's visitor to the procedures; null for who may be somebody: their pages are drawn by the program alone. */
export type AskOf = (request: FastifyRequest) => Ask | null;

/** As far as a browser tells; what it tells wrongly costs a drawing, and nothing that can be seen. */
const screenOf = ({ headers }: FastifyRequest): Screen =>
  (headers['sec-ch-ua-mobile'] === undefined ? /\bMobi/.test(headers['user-agent'] ?? '') : headers['sec-ch-ua-mobile'] === '?1') ? 'phone' : 'desktop';

const BROTLI_QUALITY = 5;
/** Pages hold what everyone may see and nothing that a person sent, so compressing them tells nobody a secret. */
async function sendCompressed(request: FastifyRequest, reply: FastifyReply, html: string): Promise<FastifyReply> {
  const taken = request.headers['accept-encoding'] ?? '';
  const encoding = /\bbr\b/.test(taken) ? 'br' : /\bgzip\b/.test(taken) ? 'gzip' : null;
  if (encoding === null) return await reply.send(html);
  const body = encoding === 'br' ? await promisify(brotliCompress)(html, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }) : await promisify(gzip)(html);
  return await reply.header('content-encoding', encoding).send(body);
}

export async function registerWebApp(app: FastifyInstance, webDist: string | null, headOf: HeadOf, askOf: AskOf): Promise<void> {
  const readIndex = webDist === null ? null : openWebIndex(webDist);
  const writtenPages = webDist === null ? null : await openWrittenPages(webDist, app.log as Logger);
  const sendPage = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { html, scriptSources } = await readIndex!();
    // The policy was written for the build that was there at the start; a newer one may have another inline script.
    const policy = reply.getHeader('content-security-policy');
    if (typeof policy === 'string') reply.header('content-security-policy', policy.replace(/script-src 'self'[^;]*/, () => ["script-src 'self'", ...scriptSources].join(' ')));
    const head = await headOf(pathOf(request));
    // What is suspended, hidden or not there is the program's to explain.
    const ask = head.noIndex ? null : askOf(request);
    const written = ask && await writtenPages?.({ url: request.url, screen: screenOf(request), ask, html });
    void reply.code(200).type('text/html; charset=utf-8').headers({ 'cache-control': 'no-cache', vary: 'accept-encoding, cookie, sec-ch-ua-mobile, user-agent' });
    return await sendCompressed(request, reply, fillHead(written ?? html, head));
  };
  if (webDist !== null) {
    await app.register(fastifyStatic, {
      root: webDist,
      index: false,
      wildcard: true,
      preCompressed: true,
      // Names under /assets carry a hash of their content.
      setHeaders: (reply, path) => void reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'public, max-age=3600'),
    });
    app.get('/', sendPage);
    app.get('/index.html', sendPage);
  }
  app.setNotFoundHandler(async (request, reply) => {
    if (readIndex !== null && (request.method === 'GET' || request.method === 'HEAD') && isPage(pathOf(request))) return await sendPage(request, reply);
    return sendError(request, reply, { code: 'NOT_FOUND', details: {} });
  });
}
