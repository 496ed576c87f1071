import { configDto, runnerDto } from '@style-license/shared';
import * as z from 'zod';
import { adminProcedure, publicProcedure, router } from '../../trpc/procedure.ts';
import { config } from './config.ts';
import { runners } from './runners.queries.ts';

export const systemRouter = router({
  config: publicProcedure.meta({ limit: 'read' }).output(configDto).query(({ ctx }) => config(ctx.deps)),
  runners: adminProcedure.meta({ limit: 'read' }).output(z.array(runnerDto)).query(async ({ ctx }) => await runners(ctx.deps.db, ctx.deps.clock.now())),
});
