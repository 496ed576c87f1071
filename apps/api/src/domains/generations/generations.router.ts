import { describeInput, downloadInput, feedInput, generationDto, generationJobDto, generationTilePage, mineInput, ofUserInput, pageInput, requestGenerationInput, uuid } from '@style-license/shared';
import * as z from 'zod';
import { publicProcedure, router, signedInProcedure } from '../../trpc/procedure.ts';
import { downloadGeneration } from './download-generation.ts';
import { activeGenerationJobs, generationFor, generationJob } from './generations.queries.ts';
import { describeGeneration, publishGeneration, unpublishGeneration } from './publish-generation.ts';
import { requestGeneration } from './request-generation.ts';
import { feed, ownTiles, tilesOfStyle, tilesOfUser } from './tiles.queries.ts';

const byId = z.object({ generationId: uuid });
const readPublic = publicProcedure.meta({ limit: 'read' });
const readOwn = signedInProcedure.meta({ limit: 'read' });

export const generationsRouter = router({
  request: signedInProcedure.meta({ limit: 'generation' }).input(requestGenerationInput).output(generationJobDto).mutation(async ({ ctx, input }) => {
    await requestGeneration(ctx.deps, ctx.user.id, input);
    return await generationJob(ctx.deps, ctx.user.id, input.jobId);
  }),
  job: readOwn.input(z.object({ jobId: uuid })).output(generationJobDto).query(async ({ ctx, input }) => await generationJob(ctx.deps, ctx.user.id, input.jobId)),
  active: readOwn.input(z.object({ styleId: uuid.nullish() })).output(z.object({ items: z.array(generationJobDto) })).query(async ({ ctx, input }) => ({
    items: await activeGenerationJobs(ctx.deps, ctx.user.id, input.styleId ?? null),
  })),
  get: readPublic.input(byId).output(generationDto).query(async ({ ctx, input }) => await generationFor(ctx.deps, input.generationId, ctx.user?.id ?? null)),
  feed: readPublic.input(feedInput).output(generationTilePage).query(async ({ ctx, input }) => await feed(ctx.deps, ctx.user?.id ?? null, input)),
  ofStyle: readPublic.input(pageInput.extend({ styleId: uuid })).output(generationTilePage).query(async ({ ctx, input }) => await tilesOfStyle(ctx.deps, ctx.user?.id ?? null, input)),
  ofUser: readPublic.input(ofUserInput).output(generationTilePage).query(async ({ ctx, input }) => await tilesOfUser(ctx.deps, ctx.user?.id ?? null, input)),
  mine: readOwn.input(mineInput).output(generationTilePage).query(async ({ ctx, input }) => await ownTiles(ctx.deps, ctx.user.id, input)),
  publish: signedInProcedure.input(byId).output(generationDto).mutation(async ({ ctx, input }) => {
    await publishGeneration(ctx.deps, ctx.user.id, input.generationId);
    return await generationFor(ctx.deps, input.generationId, ctx.user.id);
  }),
  unpublish: signedInProcedure.input(byId).output(generationDto).mutation(async ({ ctx, input }) => {
    await unpublishGeneration(ctx.deps, ctx.user.id, input.generationId);
    return await generationFor(ctx.deps, input.generationId, ctx.user.id);
  }),
  describe: signedInProcedure.input(describeInput).output(generationDto).mutation(async ({ ctx, input }) => {
    await describeGeneration(ctx.deps, ctx.user.id, input.generationId, input.description);
    return await generationFor(ctx.deps, input.generationId, ctx.user.id);
  }),
  download: signedInProcedure.input(downloadInput).output(z.object({ url: z.string() })).mutation(async ({ ctx, input }) =>
    await downloadGeneration(ctx.deps, ctx.user.id, input.generationId, input.format)),
});
