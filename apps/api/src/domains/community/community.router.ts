import {
  commentDto, commentInput, commentPage, editCommentInput, followDto, followedArtistPage, followInput, likedByDto, likeDto, likeInput, pageInput, repliesInput, threadPage, threadsInput, uuid,
} from '@style-license/shared';
import * as z from 'zod';
import { publicProcedure, router, signedInProcedure } from '../../trpc/procedure.ts';
import { addComment } from './add-comment.ts';
import { likedBy, oneComment, replies, threads } from './comments.queries.ts';
import { deleteComment, editComment } from './edit-comment.ts';
import { followArtist, unfollowArtist } from './follow-artist.ts';
import { following } from './following.queries.ts';
import { likeGeneration, unlikeGeneration } from './like-generation.ts';

const readPublic = publicProcedure.meta({ limit: 'read' });

export const communityRouter = router({
  follow: signedInProcedure.input(followInput).output(followDto).mutation(async ({ ctx, input }) => await followArtist(ctx.deps, ctx.user.id, input.username)),
  unfollow: signedInProcedure.input(followInput).output(followDto).mutation(async ({ ctx, input }) => await unfollowArtist(ctx.deps, ctx.user.id, input.username)),
  following: signedInProcedure.meta({ limit: 'read' }).input(pageInput).output(followedArtistPage).query(async ({ ctx, input }) => await following(ctx.deps.db, ctx.user.id, input)),

  like: signedInProcedure.input(likeInput).output(likeDto).mutation(async ({ ctx, input }) => await likeGeneration(ctx.deps, ctx.user.id, input.generationId)),
  unlike: signedInProcedure.input(likeInput).output(likeDto).mutation(async ({ ctx, input }) => await unlikeGeneration(ctx.deps, ctx.user.id, input.generationId)),
  likedBy: readPublic.input(likeInput).output(likedByDto).query(async ({ ctx, input }) => await likedBy(ctx.deps.db, ctx.user?.id ?? null, input.generationId)),

  threads: readPublic.input(threadsInput).output(threadPage).query(async ({ ctx, input }) => await threads(ctx.deps.db, ctx.user?.id ?? null, input)),
  replies: readPublic.input(repliesInput).output(commentPage).query(async ({ ctx, input }) => await replies(ctx.deps.db, ctx.user?.id ?? null, input)),
  comment: signedInProcedure.input(commentInput).output(commentDto).mutation(async ({ ctx, input }) => {
    await addComment(ctx.deps, ctx.user.id, input);
    return await oneComment(ctx.deps.db, ctx.user.id, input.id);
  }),
  editComment: signedInProcedure.input(editCommentInput).output(commentDto).mutation(async ({ ctx, input }) => {
    await editComment(ctx.deps, ctx.user.id, input.commentId, input.text);
    return await oneComment(ctx.deps.db, ctx.user.id, input.commentId);
  }),
  deleteComment: signedInProcedure.input(z.object({ commentId: uuid })).output(z.object({ left: z.enum(['gone', 'empty']) }))
    .mutation(async ({ ctx, input }) => ({ left: await deleteComment(ctx.deps, ctx.user.id, input.commentId) })),
});
