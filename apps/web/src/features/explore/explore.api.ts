/** The only caller of the lists of styles. */
import { trpc } from "@/app/trpc.ts";

export interface StyleFilter {
  sort: "popular" | "recent";
  tags: string[];
  text: string;
}

export const exploreApi = {
  styles: (filter: StyleFilter, cursor: string | null) => trpc.styles.list.query({ ...filter, cursor }),
  stylesOf: (username: string) => trpc.styles.list.query({ username, sort: "recent", limit: 100 }),
  tags: (limit: number) => trpc.styles.tags.query({ limit }),
};
