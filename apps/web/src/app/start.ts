/** Starts the program in the page: over what the server wrote, or into an empty one. */
import { createApp, createSSRApp } from "vue";
import { createPinia } from "pinia";
import { VueQueryPlugin } from "@tanstack/vue-query";
import App from "./App.vue";
import type { EarlyActs } from "@/early-acts.ts";
import { pause } from "@/pause.ts";
import { i18n, loadRest } from "./i18n.ts";
import { answers, partsTaken } from "./later.ts";
import { queryClient } from "./query-client.ts";
import { createAppRouterBySteps } from "./router.ts";
import { readWritten, writtenTaken } from "./written.ts";

/** Not among the letters and signs that every text face of ours has. */
const OTHER_GLYPHS = /[^\t\n\r -~\u00a0-\u00ff\u2000-\u2060\u2192\u2212]/;

export async function start(acts?: EarlyActs): Promise<void> {
  const takesOver = readWritten(queryClient);
  // What was written is seen, and may be touched, meanwhile: no step of the way is long.
  const step = takesOver ? pause : () => Promise.resolve();
  const app = takesOver ? createSSRApp(App) : createApp(App);
  app.use(createPinia());
  app.use(i18n);
  app.use(VueQueryPlugin, { queryClient });
  await step();
  const router = await createAppRouterBySteps(step);
  app.use(router);
  // The words of the language are there before the first paint; the page itself may still be on its way.
  await router.isReady();
  await step();
  app.mount("#app");
  if (takesOver) {
    acts?.handOver(answers);
    await partsTaken();
  } else {
    acts?.drop();
  }
  writtenTaken();

  // What people typed in other glyphs than the interface's own comes by range, after the first paint; where nothing needs it, with an act.
  const bringRestOfFonts = (): void => void import("../../fonts/rest.css");
  if (!takesOver || OTHER_GLYPHS.test(document.getElementById("main")?.textContent ?? "")) bringRestOfFonts();
  else for (const act of ["pointerdown", "keydown"]) addEventListener(act, bringRestOfFonts, { once: true, passive: true });
  // The words that the first page leaves out come with a person's first act: a refusal, say of a like, then has its own.
  const hastenWords = (): void => {
    loadRest().catch(() => undefined); // Without a connection: the next page asks again.
  };
  for (const act of ["pointerdown", "keydown"]) addEventListener(act, hastenWords, { once: true, passive: true });
}
