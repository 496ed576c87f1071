/** Starts the program in the page: over what the server wrote, or into an empty one. */
import { createApp, createSSRApp } from "vue";
import { createPinia } from "pinia";
import { VueQueryPlugin } from "@tanstack/vue-query";
import App from "./App.vue";
import { i18n, loadRest } from "./i18n.ts";
import { queryClient } from "./query-client.ts";
import { createAppRouter } from "./router.ts";
import { isTakingOver, readWritten, writtenTaken } from "./written.ts";

export async function start(): Promise<void> {
  const app = readWritten(queryClient) ? createSSRApp(App) : createApp(App);
  app.use(createPinia());
  app.use(i18n);
  app.use(VueQueryPlugin, { queryClient });
  const router = createAppRouter();
  app.use(router);
  // The words of the language are there before the first paint; the page itself may still be on its way.
  await router.isReady();
  // What came with the page has just been set up: a touch meanwhile is heard before the page is taken over.
  if (isTakingOver()) await new Promise((done) => setTimeout(done));
  app.mount("#app");
  writtenTaken();

  // What people typed in other glyphs than the interface's own comes by range, after the first paint.
  void import("../../fonts/rest.css");
  // The words that the first page leaves out come with a person's first act: a refusal, say of a like, then has its own.
  const hastenWords = (): void => {
    loadRest().catch(() => undefined); // Without a connection: the next page asks again.
  };
  for (const act of ["pointerdown", "keydown"]) addEventListener(act, hastenWords, { once: true, passive: true });
}
