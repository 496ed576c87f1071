/** The talk about one image. What one says stands there at once; refused, it goes again and its words are back in the field. */
import { computed } from "vue";
import { useInfiniteQuery, useQueryClient } from "@tanstack/vue-query";
import type { CommentDto, GenerationDto, Page, ThreadDto } from "@style-license/shared";
import { useSession } from "@/features/accounts/session.store.ts";
import { useLiveEvents } from "@/features/realtime/use-live-events.ts";
import { communityApi } from "./community.api.ts";
import { changeImage } from "./image-caches.ts";
import { findComment, withComment, withoutComment, withReplies, type Threads } from "./threads-cache.ts";

export function useTalk(generation: () => GenerationDto) {
  const queries = useQueryClient();
  const session = useSession();
  const key = computed(() => ["community", "threads", generation().id] as const);
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, queryKey: [, , id] }) => communityApi.threads(id, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last: Page<ThreadDto>) => last.nextCursor,
  });
  /** A page asked again may end with what the next one begins with. */
  const threads = computed(() => {
    const seen = new Set<string>();
    return (query.data.value?.pages ?? []).flatMap((page) => page.items).filter((thread) => !seen.has(thread.id) && seen.add(thread.id));
  });
  // Who is told of a comment or a like while they look at the image sees it, and the new counts.
  useLiveEvents({
    notification: () => {
      void queries.invalidateQueries({ queryKey: key.value });
      void queries.invalidateQueries({ queryKey: ["generations", "get", generation().id] });
    },
  });

  const change = (how: (threads: Threads) => Threads) => queries.setQueryData<Threads>(key.value, (threads) => (threads ? how(threads) : threads));
  const count = (by: number) => changeImage(queries, generation().id, { commentCount: Math.max(0, generation().commentCount + by) });

  async function say(text: string, parentId: string | null): Promise<void> {
    const me = session.me;
    if (!me) return;
    const said: CommentDto = {
      id: crypto.randomUUID(), parentId, state: "shown", author: { username: me.username, name: me.name, imageUrl: me.imageUrl }, byArtist: generation().artist.username === me.username,
      isMine: true, text: text.trim(), createdAt: new Date().toISOString(), editedAt: null,
    };
    // Before the talk is there, it is waited for: cut off, it would never come, and what was said with it.
    await (query.data.value ? queries.cancelQueries({ queryKey: key.value }) : query.suspense());
    change((threads) => withComment(threads, said));
    count(1);
    try {
      const kept = await communityApi.comment({ id: said.id, generationId: generation().id, parentId, text });
      change((threads) => withComment(threads, kept));
    } catch (error) {
      change((threads) => withoutComment(threads, said));
      count(-1);
      throw error;
    }
  }
  async function edit(comment: CommentDto, text: string): Promise<void> {
    change((threads) => withComment(threads, { ...comment, text: text.trim() }));
    try {
      const kept = await communityApi.editComment(comment.id, text);
      change((threads) => withComment(threads, kept));
    } catch (error) {
      change((threads) => withComment(threads, comment));
      throw error;
    }
  }
  async function remove(comment: CommentDto): Promise<void> {
    const before = queries.getQueryData<Threads>(key.value);
    change((threads) => withoutComment(threads, comment));
    count(-1);
    try {
      await communityApi.deleteComment(comment.id);
    } catch (error) {
      if (before) queries.setQueryData(key.value, before);
      count(1);
      throw error;
    }
  }
  async function showReplies(thread: ThreadDto): Promise<void> {
    const more = await communityApi.replies(thread.id, thread.replies.nextCursor);
    change((threads) => withReplies(threads, thread.id, more));
  }
  /** Loads on until a comment that was linked to is there; in the first few hundred it is found. */
  async function find(id: string): Promise<boolean> {
    for (let pages = 0; pages < 8; pages++) {
      if (findComment(query.data.value, id)) return true;
      if (!query.hasNextPage.value) return false;
      await query.fetchNextPage();
    }
    return false;
  }
  return { query, threads, say, edit, remove, showReplies, find };
}
