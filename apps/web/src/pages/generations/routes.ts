/** Pages of generations: one image, and all of one's own. */
import type { RouteRecordRaw } from "vue-router";

export const generationRoutes: RouteRecordRaw[] = [
  { path: "images/:generationId", name: "generation", component: () => import("./GenerationPage.vue"), meta: { nav: "gallery" } },
  { path: "me/:tab(private|public|in-progress)?", name: "myPage", component: () => import("./MyPage.vue"), meta: { guard: "signedIn", title: "mine.title" } },
];
