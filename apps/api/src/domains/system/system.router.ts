import { configDto } from '@style-license/shared';
import { publicProcedure, router } from '../../trpc/procedure.ts';
import { config } from './config.ts';

export const systemRouter = router({
  config: publicProcedure.meta({ limit: 'read' }).output(configDto).query(({ ctx }) => config(ctx.deps)),
});
