import type { RouteRecordRaw } from "vue-router";
import { ADMIN_TABS } from "./tabs.ts";

export const adminRoutes: RouteRecordRaw[] = [
  {
    path: "admin",
    component: () => import("./AdminPage.vue"),
    meta: { guard: "admin", title: "app.account.admin" },
    children: [
      { path: "", name: "admin", redirect: (to) => ({ name: ADMIN_TABS[0]!.name, params: to.params }) },
      ...ADMIN_TABS.flatMap(({ tab, name, page, below = [] }) => [
        { path: tab, name, component: page, meta: { adminTab: tab } },
        ...below.map((one) => ({ path: `${tab}/${one.path}`, name: one.name, component: one.page, meta: { adminTab: tab } })),
      ]),
    ],
  },
];
