/** Every page of the site, loaded when it is first shown. Paths stand below the language. */
import type { RouteRecordRaw } from "vue-router";
import { styleRoutes } from "@/pages/styles/routes.ts";
import { communityRoutes } from "@/pages/community/routes.ts";
import { paymentRoutes } from "@/pages/payments/routes.ts";
import { generationRoutes } from "@/pages/generations/routes.ts";
import { adminRoutes } from "@/pages/admin/routes.ts";

export const pageRoutes: RouteRecordRaw[] = [
  { path: "", name: "home", component: () => import("@/pages/HomePage.vue"), meta: { title: "app.name", nav: "gallery" } },
  { path: "explore", name: "explore", component: () => import("@/pages/ExplorePage.vue"), meta: { title: "app.nav.explore", nav: "explore" } },
  { path: "studio", name: "studio", component: () => import("@/pages/StudioPage.vue"), meta: { title: "app.nav.studio", nav: "studio" } },
  { path: "studio/earnings", name: "earnings", component: () => import("@/pages/EarningsPage.vue"), meta: { guard: "artist", title: "earnings.title", nav: "studio" } },
  { path: "u/:username", name: "profile", component: () => import("@/pages/ProfilePage.vue") },
  { path: "tokens", name: "tokens", component: () => import("@/pages/TokensPage.vue"), meta: { guard: "signedIn", title: "tokens.title" } },
  { path: "settings", name: "settings", component: () => import("@/pages/SettingsPage.vue"), meta: { guard: "signedIn", title: "settings.title" } },
  { path: "become-artist", name: "becomeArtist", component: () => import("@/pages/BecomeArtistPage.vue"), meta: { guard: "signedIn", title: "artist.title", nav: "studio" } },
  { path: "moderation/:caseId", name: "moderationNotice", component: () => import("@/pages/moderation/NoticePage.vue"), meta: { guard: "signedIn", title: "moderation.casesTitle" } },
  { path: "sign-in", name: "signIn", component: () => import("@/pages/SignInPage.vue"), meta: { title: "accounts.signIn.title" } },
  { path: "sign-up", name: "signUp", component: () => import("@/pages/SignUpPage.vue"), meta: { title: "accounts.signUp.title" } },
  { path: "forgot", name: "forgot", component: () => import("@/pages/ForgotPage.vue"), meta: { title: "accounts.forgot.title" } },
  { path: "reset", name: "reset", component: () => import("@/pages/ResetPage.vue"), meta: { title: "accounts.reset.title" } },
  { path: "verify-email", name: "verifyEmail", component: () => import("@/pages/VerifyEmailPage.vue"), meta: { guard: "signedIn", title: "accounts.verify.title" } },
  { path: "terms", name: "terms", component: () => import("@/pages/TermsPage.vue"), meta: { title: "app.footer.terms" } },
  { path: "privacy", name: "privacy", component: () => import("@/pages/PrivacyPage.vue"), meta: { title: "app.footer.privacy" } },
  { path: "how-it-works", name: "howItWorks", component: () => import("@/pages/HowItWorksPage.vue"), meta: { title: "app.footer.how" } },
  { path: "terms/:styleId/:version(\\d+)?", name: "styleTerms", component: () => import("@/pages/StyleTermsPage.vue"), meta: { title: "app.footer.terms" } },
  { path: "parts", name: "parts", component: () => import("@/pages/dev/PartsPage.vue"), meta: { development: true } },
  ...paymentRoutes,
  ...styleRoutes,
  ...generationRoutes,
  ...communityRoutes,
  ...adminRoutes,
];
