/** The whole API. A domain's router hangs here under the domain's noun. */
import { systemRouter } from '../domains/system/system.router.ts';
import { uploadsRouter } from '../domains/uploads/uploads.router.ts';
import { router } from './procedure.ts';

export const appRouter = router({
  system: systemRouter,
  uploads: uploadsRouter,
});

export type AppRouter = typeof appRouter;
