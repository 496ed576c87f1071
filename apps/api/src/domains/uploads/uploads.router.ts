import { createUploadsInput, uploadDto } from '@style-license/shared';
import * as z from 'zod';
import { router, signedInProcedure } from '../../trpc/procedure.ts';
import { createUploads } from './create-uploads.ts';

export const uploadsRouter = router({
  create: signedInProcedure
    .input(createUploadsInput)
    .output(z.object({ items: z.array(uploadDto) }))
    .mutation(async ({ ctx, input }) => ({ items: await createUploads(ctx.deps, ctx.user.id, input) })),
});
