/** Following an artist: at once in the page, taken back when refused. */
import { ref } from "vue";
import { useQueryClient } from "@tanstack/vue-query";
import { useRoute, useRouter } from "vue-router";
import type { ProfileDto } from "@style-license/shared";
import { useErrors } from "@/app/errors.ts";
import { useSession } from "@/features/accounts/session.store.ts";
import { useToasts } from "@/ui/toasts.ts";
import { communityApi } from "./community.api.ts";

export function useFollow() {
  const queries = useQueryClient();
  const session = useSession();
  const router = useRouter();
  const route = useRoute();
  const toasts = useToasts();
  const errors = useErrors();
  const busy = ref(false);

  function show(username: string, followed: boolean, followers: number | null): void {
    queries.setQueryData<ProfileDto>(["accounts", "profile", username], (profile) =>
      profile ? { ...profile, followed, counts: { ...profile.counts, followers: profile.counts.followers === null ? null : (followers ?? profile.counts.followers + (followed ? 1 : -1)) } } : profile,
    );
  }

  /** @returns whether it is followed now */
  async function set(username: string, followed: boolean): Promise<boolean> {
    if (!session.signedIn) {
      await router.push({ name: "signIn", query: { next: route.fullPath } });
      return !followed;
    }
    if (busy.value) return followed;
    busy.value = true;
    show(username, followed, null);
    try {
      const answer = await (followed ? communityApi.follow(username) : communityApi.unfollow(username));
      show(username, answer.followed, answer.followers);
      for (const queryKey of [["generations", "feed", "following"], ["community", "following"], ["search", "followed"]]) void queries.invalidateQueries({ queryKey });
      return answer.followed;
    } catch (error) {
      // Followed from another tab already: that is what was wanted.
      const done = errors.read(error).code === "DUPLICATE_FOLLOW";
      if (!done) {
        show(username, !followed, null);
        toasts.show(errors.say(error));
      }
      void queries.invalidateQueries({ queryKey: ["accounts", "profile", username] });
      return done ? followed : !followed;
    } finally {
      busy.value = false;
    }
  }
  return { set, busy };
}
