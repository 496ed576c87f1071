/** The built web app: hashed assets for ever, index.html never, and index.html for every page's address. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendError } from './error-handler.ts';

/** Addresses that are no pages: unknown ones under them answer 404, not the app. */
const NOT_PAGES = ['/trpc', '/auth', '/dev', '/health', '/metrics', '/images', '/previews', '/avatars', '/assets', '/api', '/webhooks'];

const isPage = (request: FastifyRequest): boolean => {
  const path = request.url.split('?', 1)[0] ?? '/';
  if (NOT_PAGES.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))) return false;
  // A last segment with a dot asks for a file that is not there.
  return !/\.[a-z0-9]+$/i.test(path);
};

/** The folder of the built app, or null when it was not built (development serves it elsewhere). */
export function findWebDist(configured: string | undefined): string | null {
  const folder = configured ?? join(import.meta.dirname, '../../../web/dist');
  return existsSync(join(folder, 'index.html')) ? folder : null;
}

export async function registerWebApp(app: FastifyInstance, webDist: string | null): Promise<void> {
  const index = webDist === null ? null : await readFile(join(webDist, 'index.html'), 'utf8');
  if (webDist !== null) {
    await app.register(fastifyStatic, {
      root: webDist,
      index: false,
      wildcard: true,
      preCompressed: true,
      // Names under /assets carry a hash of their content.
      setHeaders: (reply, path) => void reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'public, max-age=3600'),
    });
    app.get('/', (_request, reply) => sendIndex(reply, index!));
    app.get('/index.html', (_request, reply) => sendIndex(reply, index!));
  }
  app.setNotFoundHandler((request, reply) => {
    if (index !== null && (request.method === 'GET' || request.method === 'HEAD') && isPage(request)) return sendIndex(reply, index);
    return sendError(request, reply, { code: 'NOT_FOUND', details: {} });
  });
}

const sendIndex = (reply: FastifyReply, index: string): FastifyReply => reply.code(200).header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(index);
