/** The only caller of the lists of published images. */
import { trpc } from "@/app/trpc.ts";

export const feedApi = {
  feed: (scope: "everyone" | "following", cursor: string | null) => trpc.generations.feed.query({ scope, cursor }),
  ofUser: (username: string, cursor: string | null) => trpc.generations.ofUser.query({ username, cursor }),
};
