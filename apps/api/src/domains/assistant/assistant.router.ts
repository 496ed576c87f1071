import { assistantDto, assistInput, meaningsDto, meaningsInput, tagsMeaningDto, tagsMeaningInput } from '@style-license/shared';
import { publicProcedure, router } from '../../trpc/procedure.ts';
import { meaningsOf, tagsMeaning } from './meanings.ts';
import { suggestTags } from './suggest-tags.ts';

export const assistantRouter = router({
  // A mutation: with a language model it costs quota.
  suggest: publicProcedure.input(assistInput).output(assistantDto).mutation(async ({ ctx, input }) => await suggestTags(ctx.deps, ctx.user?.id ?? null, input)),
  meanings: publicProcedure.meta({ limit: 'read' }).input(meaningsInput).output(meaningsDto).query(({ input }) => ({ meanings: meaningsOf(input.tags) })),
  tagsMeaning: publicProcedure.meta({ limit: 'read' }).input(tagsMeaningInput).output(tagsMeaningDto).query(({ input }) => ({ items: tagsMeaning(input.text, input.limit) })),
});
