import * as z from 'zod';
import { uuid } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import { page, pageInput, personDto, time } from './common.ts';

const username = z.string().min(1).max(LIMITS.nameMaxChars);

export const followInput = z.object({ username });
export const followDto = z.object({ followed: z.boolean(), followers: z.int() });
export type FollowDto = z.infer<typeof followDto>;

/** An artist whom I follow. One who was deactivated stands in the list until unfollowed; there is no page of theirs to go to. */
export const followedArtistDto = z.object({ person: personDto, followedAt: time, available: z.boolean(), followers: z.int(), styles: z.int() });
export type FollowedArtistDto = z.infer<typeof followedArtistDto>;
export const followedArtistPage = page(followedArtistDto);

export const likeInput = z.object({ generationId: uuid });
export const likeDto = z.object({ liked: z.boolean(), likeCount: z.int() });
export type LikeDto = z.infer<typeof likeDto>;
/** The newest few of those who like an image. */
export const likedByDto = z.object({ items: z.array(personDto) });

/** Longer than any comment may be once its markup is gone: that is said in words (COMMENT_TOO_LONG), not as a broken input. */
const typed = z.string().max(20_000);
export const commentInput = z.object({
  /** Made by the client: the same comment sent twice is one. */
  id: uuid,
  generationId: uuid,
  parentId: uuid.nullish(),
  text: typed,
});
export const editCommentInput = z.object({ commentId: uuid, text: typed });
export const threadsInput = pageInput.extend({ generationId: uuid });
export const repliesInput = pageInput.extend({ commentId: uuid });

export const COMMENT_STATES = ['shown', 'deleted', 'hidden'] as const;
export const commentDto = z.object({
  id: uuid,
  parentId: uuid.nullable(),
  /** `deleted` by its author, `hidden` by moderation: then neither text nor author is given. */
  state: z.enum(COMMENT_STATES),
  author: personDto.nullable(),
  /** Whether the author is the artist of the image's style. */
  byArtist: z.boolean(),
  isMine: z.boolean(),
  text: z.string(),
  createdAt: time,
  editedAt: time.nullable(),
});
export type CommentDto = z.infer<typeof commentDto>;
export const commentPage = page(commentDto);

export const threadDto = commentDto.extend({ replies: commentPage });
export type ThreadDto = z.infer<typeof threadDto>;
export const threadPage = page(threadDto);
