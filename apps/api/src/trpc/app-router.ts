/** The whole API. A domain's router hangs here under the domain's noun. */
import { systemRouter } from '../domains/system/system.router.ts';
import { router } from './procedure.ts';

export const appRouter = router({
  system: systemRouter,
});

export type AppRouter = typeof appRouter;
