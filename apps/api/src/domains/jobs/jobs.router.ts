import { jobDto, uuid } from '@style-license/shared';
import * as z from 'zod';
import { transaction } from '../../platform/database.ts';
import { raiseEvents } from '../../platform/events.ts';
import { router, signedInProcedure } from '../../trpc/procedure.ts';
import { cancelJob } from './cancel-job.ts';
import type { JobHooks } from './job-hooks.ts';
import { activeJobIds, jobDtos, ownJob } from './jobs.queries.ts';

const byId = z.object({ jobId: uuid });

/** Whoever cancels needs to tell the kind's own domain: the hooks come from the composition. */
export const createJobsRouter = (hooks: JobHooks) =>
  router({
    get: signedInProcedure.meta({ limit: 'read' }).input(byId).output(jobDto).query(async ({ ctx, input }) => await ownJob(ctx.deps, ctx.user.id, input.jobId)),
    active: signedInProcedure.meta({ limit: 'read' }).output(z.object({ items: z.array(jobDto) })).query(async ({ ctx }) => ({
      items: await jobDtos(ctx.deps.db, ctx.deps, await activeJobIds(ctx.deps.db, { userId: ctx.user.id, now: ctx.deps.clock.now() })),
    })),
    cancel: signedInProcedure.input(byId).output(jobDto).mutation(async ({ ctx, input }) => {
      await transaction(ctx.deps.db, async (tx) => {
        await raiseEvents(tx, await cancelJob(tx, ctx.deps, hooks, { jobId: input.jobId, ownerId: ctx.user.id }));
      });
      return await ownJob(ctx.deps, ctx.user.id, input.jobId);
    }),
  });
