import {
  acceptArtworkInput, artworkDto, artworksInput, createStyleInput, editStyleInput, empty, listStylesInput, normaliseTag, publishStyleInput, setCheckDto, showArtworksInput,
  styleCardDto, styleDto, styleEditorDto, stylePage, tagArtworksInput, tagCountDto, termsDto, trainingDto, trainInput, uuid, type ArtworkDto, type TrainingDto,
} from '@style-license/shared';
import * as z from 'zod';
import type { Deps } from '../../platform/deps.ts';
import { artistProcedure, publicProcedure, router } from '../../trpc/procedure.ts';
import type { JobHooks } from '../jobs/index.ts';
import { acceptArtwork } from './accept-artwork.ts';
import { artworkDtos, findArtworks } from './artworks.queries.ts';
import { createStyle } from './create-style.ts';
import { styleEditor } from './editor.queries.ts';
import { editStyle } from './edit-style.ts';
import { ownStyle } from './own-style.ts';
import { pauseStyle, resumeStyle } from './pause-style.ts';
import { publishStyle } from './publish-style.ts';
import { removeArtworks } from './remove-artworks.ts';
import { removeStyle } from './remove-style.ts';
import { setCheckOf } from './set-check.queries.ts';
import { showArtworks } from './show-artworks.ts';
import { stopTraining } from './stop-training.ts';
import { getStyle, getTerms, listStyles, myStyles } from './styles.queries.ts';
import { publicTagsSql } from './styles.sql.ts';
import { tagArtworks } from './tag-artworks.ts';
import { trainStyle } from './train-style.ts';
import { trainingOf } from './training.queries.ts';

const byStyle = z.object({ styleId: uuid });
const TAGS_DEFAULT = 40;
const TAGS_MAX = 100;

async function artworksOf(deps: Deps, styleId: string, ids: readonly string[]): Promise<{ items: ArtworkDto[] }> {
  return { items: await artworkDtos(deps, await findArtworks(deps.db, styleId, ids)) };
}

async function ownTraining(deps: Deps, artistId: string, styleId: string): Promise<TrainingDto | null> {
  return await trainingOf(deps.db, deps, await ownStyle(deps.db, artistId, styleId));
}

/** Whoever trains or stops needs what jobs do for trainings: the hooks come from the composition. */
export const createStylesRouter = (hooks: Pick<JobHooks, 'training'>) =>
  router({
    list: publicProcedure.meta({ limit: 'read' }).input(listStylesInput).output(stylePage).query(({ ctx, input }) => listStyles(ctx.deps, input)),
    get: publicProcedure.meta({ limit: 'read' }).input(byStyle).output(styleDto).query(({ ctx, input }) => getStyle(ctx.deps, ctx.user?.id ?? null, input.styleId)),
    tags: publicProcedure.meta({ limit: 'read' })
      .input(z.object({ q: z.string().max(60).optional(), limit: z.int().min(1).max(TAGS_MAX).optional() }))
      .output(z.object({ items: z.array(tagCountDto) }))
      .query(async ({ ctx, input }) => ({ items: await publicTagsSql(ctx.deps.db, normaliseTag(input.q ?? ''), input.limit ?? TAGS_DEFAULT) })),
    terms: publicProcedure.meta({ limit: 'read' }).input(byStyle.extend({ version: z.int().positive().optional() })).output(termsDto)
      .query(({ ctx, input }) => getTerms(ctx.deps, ctx.user?.id ?? null, input.styleId, input.version)),

    mine: artistProcedure.meta({ limit: 'read' }).output(z.object({ items: z.array(styleCardDto) })).query(async ({ ctx }) => ({ items: await myStyles(ctx.deps, ctx.user.id) })),
    editor: artistProcedure.meta({ limit: 'read' }).input(byStyle).output(styleEditorDto).query(({ ctx, input }) => styleEditor(ctx.deps, ctx.user.id, input.styleId)),
    check: artistProcedure.meta({ limit: 'read' }).input(byStyle).output(setCheckDto).query(({ ctx, input }) => setCheckOf(ctx.deps.db, ctx.user.id, input.styleId)),
    training: artistProcedure.meta({ limit: 'read' }).input(byStyle).output(trainingDto.nullable()).query(({ ctx, input }) => ownTraining(ctx.deps, ctx.user.id, input.styleId)),

    create: artistProcedure.input(createStyleInput).output(styleEditorDto)
      .mutation(async ({ ctx, input }) => await styleEditor(ctx.deps, ctx.user.id, await createStyle(ctx.deps, ctx.user.id, input))),
    edit: artistProcedure.input(editStyleInput).output(styleEditorDto).mutation(async ({ ctx, input }) => {
      await editStyle(ctx.deps, ctx.user.id, input);
      return await styleEditor(ctx.deps, ctx.user.id, input.styleId);
    }),
    remove: artistProcedure.input(byStyle).output(empty).mutation(async ({ ctx, input }) => {
      await removeStyle(ctx.deps, ctx.user.id, input.styleId);
      return {};
    }),

    // A set of a hundred is accepted one by one within a minute: it has the wide allowance.
    acceptArtwork: artistProcedure.meta({ limit: 'read' }).input(acceptArtworkInput).output(artworkDto).mutation(async ({ ctx, input }) => {
      const [dto] = await artworkDtos(ctx.deps, [await acceptArtwork(ctx.deps, ctx.user.id, input)]);
      return dto!;
    }),
    removeArtworks: artistProcedure.input(artworksInput).output(empty).mutation(async ({ ctx, input }) => {
      await removeArtworks(ctx.deps, ctx.user.id, input);
      return {};
    }),
    tagArtworks: artistProcedure.meta({ limit: 'read' }).input(tagArtworksInput).output(z.object({ items: z.array(artworkDto) })).mutation(async ({ ctx, input }) => {
      await tagArtworks(ctx.deps, ctx.user.id, input);
      return await artworksOf(ctx.deps, input.styleId, input.artworkIds);
    }),
    showArtworks: artistProcedure.input(showArtworksInput).output(z.object({ items: z.array(artworkDto) })).mutation(async ({ ctx, input }) => {
      await showArtworks(ctx.deps, ctx.user.id, input);
      return await artworksOf(ctx.deps, input.styleId, input.artworkIds);
    }),

    train: artistProcedure.input(trainInput).output(trainingDto).mutation(async ({ ctx, input }) => {
      await trainStyle(ctx.deps, hooks, ctx.user.id, input);
      return (await ownTraining(ctx.deps, ctx.user.id, input.styleId))!;
    }),
    stopTraining: artistProcedure.input(byStyle).output(trainingDto).mutation(async ({ ctx, input }) => {
      await stopTraining(ctx.deps, hooks, ctx.user.id, input.styleId);
      return (await ownTraining(ctx.deps, ctx.user.id, input.styleId))!;
    }),

    publish: artistProcedure.input(publishStyleInput).output(styleEditorDto).mutation(async ({ ctx, input }) => {
      await publishStyle(ctx.deps, ctx.user.id, input);
      return await styleEditor(ctx.deps, ctx.user.id, input.styleId);
    }),
    pause: artistProcedure.input(byStyle).output(styleEditorDto).mutation(async ({ ctx, input }) => {
      await pauseStyle(ctx.deps, ctx.user.id, input.styleId);
      return await styleEditor(ctx.deps, ctx.user.id, input.styleId);
    }),
    resume: artistProcedure.input(byStyle).output(styleEditorDto).mutation(async ({ ctx, input }) => {
      await resumeStyle(ctx.deps, ctx.user.id, input.styleId);
      return await styleEditor(ctx.deps, ctx.user.id, input.styleId);
    }),
  });
