import type { RouteRecordRaw } from "vue-router";

export const communityRoutes: RouteRecordRaw[] = [
  { path: "notifications", name: "notifications", component: () => import("./NotificationsPage.vue"), meta: { guard: "signedIn", title: "notifications.title" } },
  { path: "following", name: "following", component: () => import("./FollowingPage.vue"), meta: { guard: "signedIn", title: "community.followingTitle" } },
];
