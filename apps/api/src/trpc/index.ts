export { adminProcedure, artistProcedure, assertGuarded, createCallerFactory, publicProcedure, router, signedInProcedure, type Guard } from './procedure.ts';
export type { Authenticated, Context, SessionUser } from './context.ts';
