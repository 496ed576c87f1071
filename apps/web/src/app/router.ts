/**
 * Addresses. Every page stands under its language, `/en/…` or `/ko/…`; an address without one goes to the person's own.
 * A page says in its meta who may see it; who may not yet is asked to sign in (or to become an artist) and comes back to the same place.
 */
import { createRouter, createWebHistory, type RouteLocationNormalized, type Router, type RouterHistory } from "vue-router";
import type { Locale } from "@style-license/shared";
import { useSession } from "@/features/accounts/session.store.ts";
import { firstLanguage, i18n, isLanguage, setLanguage } from "./i18n.ts";
import { setDescription, setTitle } from "./head.ts";
import { pageRoutes } from "./routes.ts";

declare module "vue-router" {
  interface RouteMeta {
    /** Who may see it. Without it: everyone. */
    guard?: "signedIn" | "artist" | "admin";
    /** Key of the title for tab and announcement. */
    title?: string;
    /** The entry of the header under which it stands. */
    nav?: "gallery" | "explore" | "studio";
    /** Only where the server says that it is for development. */
    development?: boolean;
    /** The tab of the administrators' pages under which it stands. */
    adminTab?: string;
  }
}

const NotFound = () => import("@/pages/NotFoundPage.vue");

const LANGUAGE = "language";
const ROUTES_A_STEP = 12;

/** As `createAppRouter`, and no step of it takes a phone long. */
export async function createAppRouterBySteps(step: () => Promise<void>): Promise<Router> {
  const router = createAppRouter(createWebHistory(), []);
  for (const [index, route] of pageRoutes.entries()) {
    if (index % ROUTES_A_STEP === 0) await step();
    router.addRoute(LANGUAGE, route);
  }
  return router;
}

export function createAppRouter(history: RouterHistory = createWebHistory(), pages = pageRoutes): Router {
  const router = createRouter({
    history,
    routes: [
      { path: "/", redirect: () => `/${firstLanguage()}` },
      {
        path: "/:lang(en|ko)",
        name: LANGUAGE,
        children: [...pages, { path: ":rest(.*)*", name: "notFound", component: NotFound, meta: { title: "app.notFound.tab" } }],
      },
      { path: "/:rest(.*)*", redirect: (to) => ({ path: `/${firstLanguage()}${to.path}`, query: to.query, hash: to.hash }) },
    ],
    scrollBehavior: (to, from, saved) => {
      if (saved) return saved;
      if (to.hash) return { el: to.hash, top: 80 };
      // A filter or a tab is a change within the page, not another page.
      if (to.path === from.path) return false;
      return { top: 0 };
    },
  });
  router.beforeEach(async (to) => {
    if (isLanguage(to.params.lang)) await setLanguage(to.params.lang, { firstOnly: to.name === "home" });
    return await guard(to);
  });
  router.afterEach((to, from) => {
    if (import.meta.env.SSR) return;
    if (to.meta.title) setTitle(i18n.global.t(to.meta.title));
    setDescription(i18n.global.t("app.description"));
    // The first page came with them.
    if (from.matched.length > 0) void import("./alternates.ts").then(({ tellSearchEngines }) => tellSearchEngines(to.path));
  });
  return router;
}

async function guard(to: RouteLocationNormalized) {
  const session = useSession();
  const needs = to.meta.guard;
  if (!needs && !to.meta.development) return true;
  await session.ensureLoaded();
  const params = { lang: to.params.lang };
  if (to.meta.development && !session.config?.development) return { name: "notFound", params: { ...params, rest: to.path.split("/").slice(2) } };
  if (!needs) return true;
  if (!session.signedIn) return { name: "signIn", params, query: { next: to.fullPath } };
  if (needs === "artist" && !session.isArtist) return { name: "becomeArtist", params, query: { next: to.fullPath } };
  if (needs === "admin" && !session.isAdmin) return { name: "notFound", params: { ...params, rest: to.path.split("/").slice(2) } };
  return true;
}

/** The address of the same page in another language. */
export const inLanguage = (fullPath: string, language: Locale): string => fullPath.replace(/^\/(en|ko)(?=\/|$|\?|#)/, `/${language}`);

/** Where to go after signing in: a place within this site, never another one. */
export function safeNext(next: unknown, fallback: string): string {
  return typeof next === "string" && /^\/(en|ko)(\/|$|\?)/.test(next) ? next : fallback;
}
