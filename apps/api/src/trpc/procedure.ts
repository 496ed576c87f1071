/**
 * The ladder of procedures: public → signedIn → artist → admin. Everything is refused by default (R24): the bare builder is
 * not exported, and `assertGuarded` keeps a server from starting with a procedure that has no guard or no output schema.
 */
import { CodedError } from '@style-license/shared';
import { initTRPC, TRPCError, type AnyRouter } from '@trpc/server';
import type { Context } from './context.ts';
import { toTrpcError, wireError } from './errors.ts';
import { enforceLimit, type LimitName } from './limits.ts';

export type Guard = 'public' | 'signedIn' | 'artist' | 'admin';
export interface Meta { guard?: Guard; limit?: LimitName }

/** SSE: a line now and then keeps proxies from closing the stream, and tells a dead reader apart from a quiet one. */
const PING_MS = 15_000;
const RECONNECT_AFTER_INACTIVITY_MS = 40_000;

const t = initTRPC.context<Context>().meta<Meta>().create({
  isDev: false, // no stack trace leaves the server
  sse: { ping: { enabled: true, intervalMs: PING_MS }, client: { reconnectAfterInactivityMs: RECONNECT_AFTER_INACTIVITY_MS } },
  errorFormatter: ({ shape, error, ctx }) => ({ ...shape, message: wireError(error, '').code, data: { ...shape.data, coded: wireError(error, ctx?.requestId ?? 'unknown') } }),
});

export const router = t.router;
export const mergeRouters = t.mergeRouters;
export const createCallerFactory = t.createCallerFactory;

const base = t.procedure.use(async ({ ctx, path, next }) => {
  const startedAt = performance.now();
  const result = await next();
  const seconds = (performance.now() - startedAt) / 1_000;
  const code = result.ok ? 'OK' : wireError(result.error, '').code;
  ctx.deps.metrics.procedureSeconds.observe({ procedure: path, code }, seconds);
  if (result.ok) return result;
  throw toTrpcError(result.error);
}).use(async ({ ctx, meta, next }) => {
  await enforceLimit(ctx, meta?.limit ?? 'default');
  return await next();
});

const signedIn = base.use(({ ctx, next }) => {
  if (!ctx.user || ctx.sessionId === null) throw new CodedError('UNAUTHORIZED');
  return next({ ctx: { user: ctx.user, sessionId: ctx.sessionId } });
});

/** Anyone. */
export const publicProcedure = base.meta({ guard: 'public' });
/** A person with a living session. */
export const signedInProcedure = signedIn.meta({ guard: 'signedIn' });
/** … who has an artist profile. */
export const artistProcedure = signedIn.meta({ guard: 'artist' }).use(({ ctx, next }) => {
  if (!ctx.user.isArtist) throw new CodedError('ARTIST_ONLY');
  return next();
});
/** … who is an administrator. */
export const adminProcedure = signedIn.meta({ guard: 'admin' }).use(({ ctx, next }) => {
  if (ctx.user.role !== 'admin') throw new CodedError('ADMIN_ONLY');
  return next();
});

interface ProcedureDef { type: string; meta?: Meta; output?: unknown }
export interface DescribedProcedure { path: string; type: string; guard: Guard; limit: LimitName }

/** Every procedure with its guard. @throws Error naming each that has no guard or no output schema */
export function assertGuarded(appRouter: AnyRouter): DescribedProcedure[] {
  const faults: string[] = [];
  const described: DescribedProcedure[] = [];
  for (const [path, procedure] of Object.entries(appRouter._def.procedures as Record<string, { _def: ProcedureDef }>)) {
    const { type, meta, output } = procedure._def;
    if (!meta?.guard) faults.push(`${path} has no guard`);
    // A stream's messages are checked by its own schema.
    if (output === undefined && type !== 'subscription') faults.push(`${path} has no output schema`);
    if (meta?.guard) described.push({ path, type, guard: meta.guard, limit: meta.limit ?? 'default' });
  }
  if (faults.length > 0) throw new Error(`The API does not start:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  return described;
}

export { TRPCError };
