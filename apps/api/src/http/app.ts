/** The HTTP server's shape: what every request goes through, then tRPC, the routes of domains, and the built web app. */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import { ERROR_STATUS } from '@style-license/shared';
import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from '@trpc/server/adapters/fastify';
import fastify, { LogController, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Deps } from '../platform/deps.ts';
import { UNSUBSCRIBE_PATH } from '../platform/mail/index.ts';
import { appRouter, type AppRouter } from '../trpc/app-router.ts';
import { askAsVisitor } from '../trpc/ask-as-visitor.ts';
import type { Authenticated, Context } from '../trpc/context.ts';
import { codedErrorOf } from '../trpc/errors.ts';
import { assertGuarded } from '../trpc/procedure.ts';
import { errorHandler, sendError } from './error-handler.ts';
import { requireKnownHost } from './host-check.ts';
import { requireOwnOrigin } from './origin-check.ts';
import { registerSecurityHeaders } from './security-headers.ts';
import { findWebDist, registerWebApp, type HeadOf } from './web-app.ts';
import '../platform/request-user.ts';

/** The longest thing anyone may send to the API; pictures go to the object store. */
const BODY_MAX_BYTES = 256 * 1024;
const BATCH_MAX_CALLS = 20;
/** tRPC puts all names of a batch into the path. */
const PATH_MAX_CHARS = 2_000;
const REQUEST_TIMEOUT_MS = 30_000;

export interface AppParts {
  deps: Deps;
  /** Finds who asks by the session cookie; may renew it. */
  authenticate(request: FastifyRequest, setCookie: (serialised: string) => void): Promise<Authenticated | null>;
  /** Plain HTTP routes, contributed by domains. */
  routes: readonly ((app: FastifyInstance, deps: Deps) => void | Promise<void>)[];
  /** Whether a request brings a session, living or not. */
  bringsSession(request: FastifyRequest): boolean;
  webDist?: string | null;
  /** What a page says of itself to those who read no JavaScript. */
  headOf: HeadOf;
}

/** @throws Error when a procedure has no guard */
export async function buildApp({ deps, authenticate, bringsSession, routes, headOf, webDist = findWebDist(deps.env.WEB_DIST) }: AppParts): Promise<FastifyInstance> {
  assertGuarded(appRouter);
  const { env, log } = deps;
  const app = fastify({
    loggerInstance: log as never,
    // One line of our own, without queries: they hold inputs.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    trustProxy: env.TRUSTED_PROXIES.length > 0 ? env.TRUSTED_PROXIES : false,
    bodyLimit: BODY_MAX_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: PATH_MAX_CHARS, ignoreTrailingSlash: true },
    // Closing lets requests at work end; streams, which never end by themselves, are cut (see below).
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    // What does not even reach a route, such as an address with broken percent signs.
    frameworkErrors: (_error, request, reply) => sendError(request, reply, { code: 'BAD_REQUEST', details: {} }),
  }) as unknown as FastifyInstance;
  app.decorateRequest('userId', null);
  app.setErrorHandler(errorHandler(deps));
  registerRequestHooks(app, deps);
  await registerSecurityHeaders(app, env, webDist);
  if (env.CORS_ORIGINS.length > 0) await app.register(cors, { origin: env.CORS_ORIGINS, credentials: true, methods: ['GET', 'POST'] });
  await app.register(cookie);
  await registerTrpc(app, deps, authenticate);
  for (const register of routes) await register(app, deps);
  await registerWebApp(app, webDist, headOf, (request) => (bringsSession(request) ? null : askAsVisitor(deps, request)));
  return app;
}

function registerRequestHooks(app: FastifyInstance, { env, metrics }: Deps): void {
  const streams = new Set<Socket>();
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
    for (const socket of streams) socket.destroy();
  });
  app.addHook('onSend', async (_request, reply) => {
    // Kept alive, the connection would keep the server from closing.
    if (isClosing) reply.header('connection', 'close');
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    // A load balancer asks by address, not by name.
    const path = request.url.split('?', 1)[0];
    if (path !== '/health' && path !== '/metrics') requireKnownHost(request, env.ALLOWED_HOSTS);
    if (env.isProduction && request.protocol !== 'https' && path !== '/health' && path !== '/metrics') {
      return await reply.redirect(`${env.APP_ORIGIN}${request.url}`, 308);
    }
    const isSafe = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
    const isStream = request.headers.accept?.includes('text/event-stream') ?? false;
    // Payment providers send their messages from elsewhere, without cookies; those are signed, or believed by nobody.
    const isWebhook = path?.startsWith('/webhooks/') ?? false;
    // A mail program's one click (RFC 8058) comes from anywhere and carries no cookie: its signed address is all that counts.
    if ((!isSafe && !isWebhook && path !== UNSUBSCRIBE_PATH) || isStream) requireOwnOrigin(request, env);
    if (isStream) {
      const { socket } = request.raw;
      streams.add(socket);
      reply.raw.once('close', () => streams.delete(socket));
    }
    return undefined;
  });
  app.addHook('onResponse', async (request, reply) => {
    // The path without its query: queries carry inputs, which are not logged (R24).
    const path = request.url.split('?', 1)[0];
    const route = request.routeOptions.url ?? 'none';
    metrics.requestSeconds.observe({ route, status: String(reply.statusCode) }, reply.elapsedTime / 1_000);
    const line = { method: request.method, path, status: reply.statusCode, ms: Math.round(reply.elapsedTime * 10) / 10, userId: request.userId ?? undefined };
    if (path === '/health' || path === '/metrics') request.log.debug(line, 'request');
    else request.log.info(line, 'request');
  });
}

async function registerTrpc(app: FastifyInstance, deps: Deps, authenticate: AppParts['authenticate']): Promise<void> {
  await app.register(fastifyTRPCPlugin, {
    prefix: '/trpc',
    trpcOptions: {
      router: appRouter,
      maxBatchSize: BATCH_MAX_CALLS,
      maxBodySize: BODY_MAX_BYTES,
      createContext: async ({ req, res }): Promise<Context> => {
        const setCookie = (serialised: string): void => void res.header('set-cookie', serialised);
        const authenticated = await authenticate(req, setCookie);
        req.userId = authenticated?.user.id ?? null;
        return {
          deps, log: req.log as Context['log'], requestId: req.id, ip: req.ip, userAgent: req.headers['user-agent']?.slice(0, 300) ?? null,
          user: authenticated?.user ?? null, sessionId: authenticated?.sessionId ?? null,
          setCookie, setHeader: (name, value) => void res.header(name, value), counted: new Map(),
        };
      },
      responseMeta: ({ errors, type }) => {
        const headers = new Headers(type === 'subscription' ? { 'x-accel-buffering': 'no' } : { 'cache-control': 'no-store' });
        const codes = new Set(errors.map((error) => codedErrorOf(error)?.code ?? 'INTERNAL'));
        const [only] = codes;
        return codes.size === 1 && only !== undefined ? { headers, status: ERROR_STATUS[only] } : { headers };
      },
      onError: ({ error, path, ctx, req }) => {
        if (codedErrorOf(error)) return;
        deps.metrics.unexpectedErrors.inc();
        (ctx?.log ?? req.log).error({ err: error.cause ?? error, procedure: path, userId: ctx?.user?.id }, 'unexpected error');
      },
    } satisfies FastifyTRPCPluginOptions<AppRouter>['trpcOptions'],
  });
}
