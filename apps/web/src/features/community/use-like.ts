/**
 * A heart answers at once; the server is told after it. Clicked again meanwhile, the last click counts, and one request at a time is on
 * its way for an image. Refused: the heart is again what the server last said, and why stands at the foot.
 */
import { useQueryClient, type QueryClient } from "@tanstack/vue-query";
import { useRoute, useRouter } from "vue-router";
import type { LikeDto } from "@style-license/shared";
import { useErrors } from "@/app/errors.ts";
import { useSession } from "@/features/accounts/session.store.ts";
import { useToasts } from "@/ui/toasts.ts";
import { communityApi } from "./community.api.ts";
import { changeImage } from "./image-caches.ts";

export interface Likeable extends LikeDto {
  id: string;
}

/** What a person wants of images whose request is on its way. */
const wanted = new Map<string, boolean>();
const sending = new Set<string>();

export function useLike() {
  const queries = useQueryClient();
  const session = useSession();
  const router = useRouter();
  const route = useRoute();
  const toasts = useToasts();
  const errors = useErrors();

  async function toggle(image: Likeable): Promise<void> {
    if (!session.signedIn) {
      await router.push({ name: "signIn", query: { next: route.fullPath } });
      return;
    }
    const liked = !image.liked;
    changeImage(queries, image.id, { liked, likeCount: Math.max(0, image.likeCount + (liked ? 1 : -1)) });
    wanted.set(image.id, liked);
    if (sending.has(image.id)) return;
    sending.add(image.id);
    try {
      await sendWanted(queries, image);
    } catch (error) {
      toasts.show(errors.say(error));
    } finally {
      sending.delete(image.id);
      wanted.delete(image.id);
    }
  }
  return { toggle };
}

async function sendWanted(queries: QueryClient, image: Likeable): Promise<void> {
  let known: LikeDto = { liked: image.liked, likeCount: image.likeCount };
  try {
    for (let next = wanted.get(image.id); next !== undefined && next !== known.liked; next = wanted.get(image.id)) {
      known = await (next ? communityApi.like(image.id) : communityApi.unlike(image.id));
    }
  } finally {
    changeImage(queries, image.id, known);
    void queries.invalidateQueries({ queryKey: ["community", "likedBy", image.id] });
  }
}
