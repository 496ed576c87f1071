/** What the header and the phone's menu offer, for who is looking. */
import { computed } from "vue";
import { useI18n } from "vue-i18n";
import { useRoute, type RouteLocationRaw } from "vue-router";
import { useSession } from "@/features/accounts/session.store.ts";
import type { MenuItem } from "@/ui/menu-item.ts";

export function useNavigation() {
  const { t } = useI18n();
  const route = useRoute();
  const session = useSession();

  const places = computed<{ id: string; label: string; to: RouteLocationRaw; here: boolean }[]>(() => [
    { id: "gallery", label: t("app.nav.gallery"), to: { name: "home" }, here: route.meta.nav === "gallery" },
    { id: "explore", label: t("app.nav.explore"), to: { name: "explore" }, here: route.meta.nav === "explore" },
    { id: "studio", label: t("app.nav.studio"), to: { name: "studio" }, here: route.meta.nav === "studio" },
  ]);

  const account = computed<MenuItem[]>(() => [
    { id: "myPage", label: t("app.account.myPage"), icon: "image", to: { name: "myPage" } },
    ...(session.me ? [{ id: "profile", label: t("app.account.profile"), icon: "person" as const, to: { name: "profile", params: { username: session.me.username } } }] : []),
    { id: "notifications", label: t("app.account.notifications"), icon: "bell", to: { name: "notifications" } },
    { id: "tokens", label: t("app.account.tokens"), icon: "coin", to: { name: "tokens" } },
    { id: "settings", label: t("app.account.settings"), icon: "pen", to: { name: "settings" } },
    ...(session.isArtist ? [] : [{ id: "becomeArtist", label: t("app.account.becomeArtist"), icon: "upload" as const, to: { name: "becomeArtist" } }]),
    ...(session.isAdmin ? [{ id: "admin", label: t("app.account.admin"), icon: "lock" as const, to: { name: "admin" } }] : []),
    { id: "signOut", label: t("app.account.signOut"), icon: "out", apart: true },
  ]);

  return { places, account };
}
