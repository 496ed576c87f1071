/** The procedures as a visitor's request asks them, without the network: guards, limits and output schemas are the same. */
import type { FastifyRequest } from 'fastify';
import type { Deps } from '../platform/deps.ts';
import { appRouter } from './app-router.ts';
import type { Context } from './context.ts';
import { createCallerFactory } from './procedure.ts';

const callerFor = createCallerFactory(appRouter);
type Procedure = (input: unknown) => Promise<unknown>;

export function askAsVisitor(deps: Deps, request: FastifyRequest): (path: string, input: unknown) => Promise<unknown> {
  // What a page asks counts once, like a batch.
  const caller = callerFor({
    deps, log: request.log as Context['log'], requestId: request.id, ip: request.ip, userAgent: null, user: null, sessionId: null,
    setCookie: () => undefined, setHeader: () => undefined, counted: new Map(),
  });
  return async (path, input) => {
    const [domain = '', name = ''] = path.split('.');
    const procedures = (caller as unknown as Record<string, Record<string, Procedure>>)[domain];
    return await procedures![name]!(input);
  };
}
