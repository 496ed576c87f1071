/**
 * A heart answers at once; the server is told after it. Clicked again meanwhile, the last click counts, and one request at a time is on
 * its way for an image. Refused: the heart is again what the server last said, and why stands at the foot.
 */
import { useQueryClient } from "@tanstack/vue-query";
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

/** Of images whose request is on its way: what the server last said, and what the person wants by now. */
const underway = new Map<string, { known: LikeDto; wanted: boolean }>();

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
    const earlier = underway.get(image.id);
    const like = earlier ?? { known: { liked: image.liked, likeCount: image.likeCount }, wanted: image.liked };
    like.wanted = !like.wanted;
    const { known, wanted } = like;
    changeImage(queries, image.id, { liked: wanted, likeCount: Math.max(0, known.likeCount + Number(wanted) - Number(known.liked)) });
    if (earlier) return;
    underway.set(image.id, like);
    try {
      await sendWanted(image.id, like);
    } catch (error) {
      toasts.show(errors.say(error));
    } finally {
      underway.delete(image.id);
      changeImage(queries, image.id, like.known);
      void queries.invalidateQueries({ queryKey: ["community", "likedBy", image.id] });
    }
  }
  return { toggle };
}

async function sendWanted(id: string, like: { known: LikeDto; wanted: boolean }): Promise<void> {
  while (like.wanted !== like.known.liked) like.known = await (like.wanted ? communityApi.like(id) : communityApi.unlike(id));
}
