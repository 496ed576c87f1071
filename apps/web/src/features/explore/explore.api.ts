/** The only caller of the search and of the lists of styles. */
import { trpc } from "@/app/trpc.ts";

export interface StyleFilter {
  sort: "popular" | "recent";
  tags: string[];
  text: string;
}

export const exploreApi = {
  styles: (filter: StyleFilter, cursor: string | null, signal?: AbortSignal) => trpc.search.styles.query({ ...filter, cursor }, { signal }),
  artists: (text: string, limit: number, forgive: boolean, signal?: AbortSignal) => trpc.search.artists.query({ text, limit, forgive }, { signal }),
  suggest: (text: string, signal?: AbortSignal) => trpc.search.suggest.query({ text }, { signal }),
  followed: () => trpc.search.followed.query(),
  stylesOf: (username: string) => trpc.styles.list.query({ username, sort: "recent", limit: 100 }),
  tags: (limit: number) => trpc.styles.tags.query({ limit }),
};
