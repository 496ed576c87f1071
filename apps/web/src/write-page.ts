/**
 * Writes the first screen of a page as HTML, for a visitor of whom nothing is known. The API runs this (its build is dist-server/): it hands
 * in the way to its own procedures, so that a page and its program ask the same questions of the same procedures.
 */
import { createSSRApp } from "vue";
import { renderToString, type SSRContext } from "vue/server-renderer";
import { createPinia } from "pinia";
import { VueQueryPlugin } from "@tanstack/vue-query";
import { createMemoryHistory } from "vue-router";
import App from "./app/App.vue";
import { i18n } from "./app/i18n.ts";
import { askBy, type Ask } from "./app/on-server.ts";
import { queryClient } from "./app/query-client.ts";
import { createAppRouter } from "./app/router.ts";
import type { WrittenAnswer } from "./app/written.ts";
import { writeForScreen } from "./ui/use-media.ts";

export interface Page {
  /** Below the site's address; one of the pages in WRITTEN. */
  path: string;
  screen: "phone" | "desktop";
  ask: Ask;
}
export interface WrittenPage {
  html: string;
  answers: WrittenAnswer[];
  /** Sources whose built files the page will need, as they stand in the build's manifest. */
  modules: string[];
  /** Screens on which this page would be laid out otherwise. */
  unless: string;
}

const SCREENS = {
  phone: { width: 412, unless: "(width >= 640px)" },
  desktop: { width: 1440, unless: "(width < 1024px)" },
} as const;
/** Pages that are the same for every visitor, and that most people see first. */
const WRITTEN: ReadonlySet<unknown> = new Set(["home", "style", "generation"]);

/** Far below; its code comes when somebody does. */
const COMES_LATER = /src\/(app\/layout\/(SiteFooter|ThemeSwitch|LanguageSwitch)|ui\/ShowMore)\.vue$/;

let last: Promise<unknown> = Promise.resolve();

/** Null: there is nothing to show a visitor under this path; the program says why. Pages are written one after another: language and answers are the module's. */
export function writePage(page: Page): Promise<WrittenPage | null> {
  const written = last.then(() => write(page));
  last = written.catch(() => undefined);
  return written;
}

async function write({ path, screen, ask }: Page): Promise<WrittenPage | null> {
  const { width, unless } = SCREENS[screen];
  writeForScreen(width);
  askBy(ask);
  // Only what a page waits for is asked here.
  queryClient.isRestoring!.value = true;
  try {
    // Empty, the page asks its questions; what it shows of the answers it shows when they are there from the start, as in a browser.
    const { name } = await draw(path);
    const queries = queryClient.getQueryCache().getAll().filter(({ state }) => state.status !== "pending");
    if (!WRITTEN.has(name) || queries.length === 0 || queries.some(({ state }) => state.status === "error")) return null;
    const { html, modules } = await draw(path);
    const words = `src/locales/${i18n.global.locale.value}`;
    return {
      html,
      unless,
      answers: queries.map(({ queryKey, state }) => ({ key: queryKey, data: state.data, at: state.dataUpdatedAt })),
      modules: [...[...modules].filter((module) => !COMES_LATER.test(module)), `${words}.first.ts`, ...(name === "home" ? [] : [`${words}.ts`])],
    };
  } finally {
    queryClient.clear();
  }
}

async function draw(path: string): Promise<{ html: string; modules: ReadonlySet<string>; name: unknown }> {
  const app = createSSRApp(App);
  // A part that fails would be left out, and the rest of the page written without it.
  const failures: unknown[] = [];
  app.config.errorHandler = (error) => void failures.push(error);
  app.use(createPinia());
  app.use(i18n);
  app.use(VueQueryPlugin, { queryClient });
  const router = createAppRouter(createMemoryHistory());
  app.use(router);
  await router.push(path);
  await router.isReady();
  const context: SSRContext = {};
  const html = await renderToString(app, context);
  if (failures.length > 0) throw failures[0];
  return { html, modules: (context.modules as Set<string> | undefined) ?? new Set(), name: router.currentRoute.value.name };
}
