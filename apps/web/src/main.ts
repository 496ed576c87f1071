import "./app/theme.css";
import { createApp } from "vue";
import { createPinia } from "pinia";
import { VueQueryPlugin } from "@tanstack/vue-query";
import App from "./app/App.vue";
import { i18n, loadRest } from "./app/i18n.ts";
import { queryClient } from "./app/query-client.ts";
import { createAppRouter } from "./app/router.ts";

const app = createApp(App);
app.use(createPinia());
app.use(i18n);
app.use(VueQueryPlugin, { queryClient });
const router = createAppRouter();
app.use(router);
// The words of the language are there before the first paint; the page itself may still be on its way.
await router.isReady();
app.mount("#app");

// What people typed in other glyphs than the interface's own comes by range, after the first paint.
void import("../fonts/rest.css");
// The words that the first page leaves out come with a person's first act: a refusal, say of a like, then has its own.
const hastenWords = (): void => {
  loadRest().catch(() => undefined); // Without a connection: the next page asks again.
};
for (const act of ["pointerdown", "keydown"]) addEventListener(act, hastenWords, { once: true, passive: true });
