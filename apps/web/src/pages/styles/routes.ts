/** Pages of styles: for everyone, and for the artist who made them. */
import type { RouteRecordRaw } from "vue-router";

export const styleRoutes: RouteRecordRaw[] = [
  { path: "styles/:styleId", name: "style", component: () => import("./StylePage.vue"), meta: { nav: "explore" } },
  { path: "studio/styles/new", name: "newStyle", component: () => import("./CreateStylePage.vue"), meta: { guard: "artist", nav: "studio", title: "editor.pageTitle" } },
  { path: "studio/styles/:styleId", name: "editStyle", component: () => import("./EditStylePage.vue"), meta: { guard: "artist", nav: "studio" } },
  { path: "studio/styles/:styleId/training", name: "training", component: () => import("./TrainingPage.vue"), meta: { guard: "artist", nav: "studio" } },
];
