/**
 * Parts of a page that the server wrote, which the program takes over one by one: each when it comes near to being seen, or when there is
 * nothing else to do. Until then they stand as they were written, and their links are links. A page that the program draws draws them at once.
 */
import { defineAsyncComponent, hydrateOnIdle, hydrateOnVisible, type Component, type HydrationStrategy } from "vue";
import { isTakingOver } from "./written.ts";

const NEAR = "300px";
const IDLE_BY_MS = 2_000;

function later<T extends Component>(component: T, hydrate: HydrationStrategy): T {
  // An address that leads to a place within the page needs all of it.
  if (!isTakingOver() || (!import.meta.env.SSR && location.hash !== "")) return component;
  return defineAsyncComponent({ loader: () => Promise.resolve(component), hydrate });
}

/** To be made where it is used, in `setup`. */
export const whenSeen = <T extends Component>(component: T): T => later(component, hydrateOnVisible({ rootMargin: NEAR }));
export const whenIdle = <T extends Component>(component: T): T => later(component, hydrateOnIdle(IDLE_BY_MS));
