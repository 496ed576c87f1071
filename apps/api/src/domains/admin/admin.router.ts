import { adminActDto, adminActsInput, page } from '@style-license/shared';
import { adminProcedure, router } from '../../trpc/procedure.ts';
import { acts } from './acts.queries.ts';

export const adminRouter = router({
  acts: adminProcedure.meta({ limit: 'read' }).input(adminActsInput).output(page(adminActDto)).query(async ({ ctx, input }) => await acts(ctx.deps.db, input)),
});
