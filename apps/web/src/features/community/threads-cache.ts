/** The comments of an image as the page holds them: pure changes of the loaded pages. */
import type { InfiniteData } from "@tanstack/vue-query";
import type { CommentDto, Page, ThreadDto } from "@style-license/shared";

export type Threads = InfiniteData<Page<ThreadDto>, string | null>;

const NO_REPLIES: Page<CommentDto> = { items: [], nextCursor: null, hasMore: false };

const mapThreads = (threads: Threads, change: (thread: ThreadDto) => ThreadDto | null): Threads => ({
  ...threads,
  pages: threads.pages.map((page) => ({ ...page, items: page.items.map(change).filter((thread) => thread !== null) })),
});

/** A comment that is there already takes its new form; a new one goes to the end of its thread, or of what is loaded. */
export function withComment(threads: Threads, comment: CommentDto): Threads {
  if (comment.parentId !== null) {
    return mapThreads(threads, (thread) => {
      if (thread.id !== comment.parentId) return thread;
      const others = thread.replies.items;
      const items = others.some(({ id }) => id === comment.id) ? others.map((one) => (one.id === comment.id ? comment : one)) : [...others, comment];
      return { ...thread, replies: { ...thread.replies, items } };
    });
  }
  const known = threads.pages.some((page) => page.items.some(({ id }) => id === comment.id));
  if (known) return mapThreads(threads, (thread) => (thread.id === comment.id ? { ...thread, ...comment } : thread));
  const last = threads.pages.length - 1;
  return { ...threads, pages: threads.pages.map((page, index) => (index === last ? { ...page, items: [...page.items, { ...comment, replies: NO_REPLIES }] } : page)) };
}

/** Gone, or an empty place where there are replies; an empty place above the last reply goes with it. */
export function withoutComment(threads: Threads, { id, parentId }: Pick<CommentDto, "id" | "parentId">): Threads {
  return mapThreads(threads, (thread) => {
    if (thread.id === id) return thread.replies.items.length > 0 ? { ...thread, state: "deleted", text: "", author: null, isMine: false } : null;
    if (thread.id !== parentId) return thread;
    const items = thread.replies.items.filter((reply) => reply.id !== id);
    return thread.state === "deleted" && items.length === 0 && !thread.replies.hasMore ? null : { ...thread, replies: { ...thread.replies, items } };
  });
}

/** More replies below those that are shown. */
export function withReplies(threads: Threads, threadId: string, more: Page<CommentDto>): Threads {
  return mapThreads(threads, (thread) => {
    if (thread.id !== threadId) return thread;
    const known = new Set(thread.replies.items.map(({ id }) => id));
    return { ...thread, replies: { ...more, items: [...thread.replies.items, ...more.items.filter(({ id }) => !known.has(id))] } };
  });
}

export const findComment = (threads: Pick<Threads, "pages"> | undefined, id: string): CommentDto | null => {
  for (const thread of threads?.pages.flatMap((page) => page.items) ?? []) {
    if (thread.id === id) return thread;
    const reply = thread.replies.items.find((one) => one.id === id);
    if (reply) return reply;
  }
  return null;
};
