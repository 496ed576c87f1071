import { artistHitPage, followedArtistsDto, searchAllDto, searchAllInput, searchArtistsInput, searchStylesInput, styleHitPage, suggestTagsInput, tagSuggestionsDto } from '@style-license/shared';
import { publicProcedure, router, signedInProcedure } from '../../trpc/procedure.ts';
import { followedArtists } from './followed-artists.ts';
import { searchAll } from './search-all.ts';
import { searchArtists } from './search-artists.ts';
import { searchStyles } from './search-styles.ts';
import { suggestTags } from './suggest-tags.ts';

// Typing asks often: it has the allowance of reads.
const read = publicProcedure.meta({ limit: 'read' });

export const searchRouter = router({
  all: read.input(searchAllInput).output(searchAllDto).query(async ({ ctx, input }) => await searchAll(ctx.deps, input)),
  styles: read.input(searchStylesInput).output(styleHitPage).query(async ({ ctx, input }) => await searchStyles(ctx.deps, input)),
  artists: read.input(searchArtistsInput).output(artistHitPage).query(async ({ ctx, input }) => await searchArtists(ctx.deps, input)),
  suggest: read.input(suggestTagsInput).output(tagSuggestionsDto).query(async ({ ctx, input }) => await suggestTags(ctx.deps.db, input)),
  followed: signedInProcedure.meta({ limit: 'read' }).output(followedArtistsDto).query(async ({ ctx }) => await followedArtists(ctx.deps, ctx.user.id)),
});
