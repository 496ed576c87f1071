import { useI18n } from "vue-i18n";
import { useRoute, useRouter } from "vue-router";
import { useSession } from "@/features/accounts/session.store.ts";
import { useToasts } from "@/ui/toasts.ts";
import { useErrors } from "../errors.ts";

/** Signs out; from a page that only a signed-in person may see, to the gallery. */
export function useSignOut(): () => Promise<void> {
  const session = useSession();
  const toasts = useToasts();
  const router = useRouter();
  const route = useRoute();
  const errors = useErrors();
  const { t } = useI18n();
  return async () => {
    try {
      if (route.meta.guard) await router.push({ name: "home" });
      await session.signOut();
      toasts.show(t("app.signedOut"));
    } catch (error) {
      toasts.show(errors.say(error));
    }
  };
}
