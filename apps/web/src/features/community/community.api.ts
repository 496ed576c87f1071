/** The only caller of the community's procedures. */
import type { CommentDto, FollowDto, FollowedArtistDto, LikeDto, Page, PersonDto, ThreadDto } from "@style-license/shared";
import { trpc } from "@/app/trpc.ts";

export const communityApi = {
  like: (generationId: string): Promise<LikeDto> => trpc.community.like.mutate({ generationId }),
  unlike: (generationId: string): Promise<LikeDto> => trpc.community.unlike.mutate({ generationId }),
  likedBy: async (generationId: string): Promise<PersonDto[]> => (await trpc.community.likedBy.query({ generationId })).items,
  follow: (username: string): Promise<FollowDto> => trpc.community.follow.mutate({ username }),
  unfollow: (username: string): Promise<FollowDto> => trpc.community.unfollow.mutate({ username }),
  following: (cursor: string | null): Promise<Page<FollowedArtistDto>> => trpc.community.following.query({ cursor }),
  threads: (generationId: string, cursor: string | null): Promise<Page<ThreadDto>> => trpc.community.threads.query({ generationId, cursor }),
  replies: (commentId: string, cursor: string | null): Promise<Page<CommentDto>> => trpc.community.replies.query({ commentId, cursor }),
  comment: (input: { id: string; generationId: string; parentId: string | null; text: string }): Promise<CommentDto> => trpc.community.comment.mutate(input),
  editComment: (commentId: string, text: string): Promise<CommentDto> => trpc.community.editComment.mutate({ commentId, text }),
  deleteComment: async (commentId: string): Promise<"gone" | "empty"> => (await trpc.community.deleteComment.mutate({ commentId })).left,
};
