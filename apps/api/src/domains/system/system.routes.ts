import { timingSafeEqual } from 'node:crypto';
import { CodedError } from '@style-license/shared';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { registerGauges } from './gauges.ts';
import { health } from './health.ts';
import { outboxPage, readOutbox } from './outbox.ts';

/** Health and figures are asked for often: an answer this young is good enough. */
const FRESH_MS = 2_000;

export function registerSystem(app: FastifyInstance, deps: Deps): void {
  const readHealth = shared(() => health(deps));
  app.get('/health', async (_request, reply) => {
    const answer = await readHealth();
    return await reply.code(answer.status === 'down' ? 503 : 200).header('cache-control', 'no-store').send(answer);
  });

  const gauges = registerGauges(deps);
  const readMetrics = shared(async () => {
    await gauges.refresh();
    return await deps.metrics.registry.metrics();
  });
  app.get('/metrics', async (request, reply) => {
    if (!mayReadMetrics(request, deps)) throw new CodedError('NOT_FOUND');
    return await reply.type(deps.metrics.registry.contentType).header('cache-control', 'no-store').send(await readMetrics());
  });

  // In production these routes do not exist.
  if (!deps.env.isDevelopment) return;
  app.get('/dev/outbox', async (_request, reply) => await reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(outboxPage(await readOutbox(deps.db, null))));
  app.get<{ Querystring: { to?: unknown } }>('/dev/outbox.json', async (request, reply) => {
    const to = typeof request.query.to === 'string' ? request.query.to : null;
    return await reply.header('cache-control', 'no-store').send(await readOutbox(deps.db, to));
  });
}

/** With a token set, who knows it; else this machine only (development: anyone). */
function mayReadMetrics(request: FastifyRequest, { env }: Deps): boolean {
  if (env.METRICS_TOKEN === undefined) return env.isDevelopment || request.ip === '127.0.0.1' || request.ip === '::1' || request.ip === '::ffff:127.0.0.1';
  const expected = Buffer.from(`Bearer ${env.METRICS_TOKEN}`);
  const given = Buffer.from(request.headers.authorization ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Many who ask at once share one answer; a failure is not kept. */
function shared<T>(read: () => Promise<T>): () => Promise<T> {
  let kept: { answer: Promise<T>; until: number } | null = null;
  return async () => {
    const now = performance.now();
    if (!kept || kept.until < now) {
      const answer = read();
      const mine = { answer, until: now + FRESH_MS };
      kept = mine;
      answer.catch(() => {
        if (kept === mine) kept = null;
      });
    }
    return await kept.answer;
  };
}
