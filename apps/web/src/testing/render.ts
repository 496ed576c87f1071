/** Renders a component as the app would: pinia, queries, messages, and a router over a history in memory. */
import { QueryClient, VueQueryPlugin } from "@tanstack/vue-query";
import { render } from "@testing-library/vue";
import { createPinia, setActivePinia } from "pinia";
import type { Component } from "vue";
import { createMemoryHistory, createRouter, type RouteRecordRaw, type Router } from "vue-router";
import { i18n } from "@/app/i18n.ts";
import { pageRoutes } from "@/app/routes.ts";

export interface RenderOptions {
  props?: Record<string, unknown>;
  slots?: Record<string, unknown>;
  path?: string;
  /** Runs with the stores in place, before the component is made: what a guard would have done. */
  prepare?: () => Promise<void>;
}

const Nothing = { template: "<div />", render: () => null };

const emptied = (route: RouteRecordRaw): RouteRecordRaw =>
  route.redirect ? route : ({ path: route.path, name: route.name, meta: route.meta ?? {}, component: Nothing, ...(route.children ? { children: route.children.map(emptied) } : {}) });

/** The real addresses, with nothing behind them: what is rendered is the component under test. */
export function testRouter(): Router {
  return createRouter({
    history: createMemoryHistory(),
    routes: [
      {
        path: "/:lang(en|ko)",
        children: [
          ...pageRoutes.map(emptied),
          { path: ":rest(.*)*", name: "notFound", component: Nothing },
        ],
      },
    ],
  });
}

export async function renderInApp(component: Component, { props = {}, slots = {}, path = "/en", prepare }: RenderOptions = {}) {
  const pinia = createPinia();
  setActivePinia(pinia);
  await prepare?.();
  const router = testRouter();
  await router.push(path);
  await router.isReady();
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false }, mutations: { retry: false } } });
  const result = render(component, { props, slots, global: { plugins: [pinia, i18n, router, [VueQueryPlugin, { queryClient }]] } });
  return { ...result, router, queryClient, pinia };
}
