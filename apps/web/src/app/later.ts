/**
 * Parts of a page that the server wrote, which the program takes over one by one, each in a task of its own: when the browser has nothing else
 * to do, or when the part comes near to being seen. Until then they stand as they were written, and their links are links. A part that
 * somebody touches is taken over at once. A page that the program draws draws its parts at once.
 */
import { defineAsyncComponent, type AsyncComponentLoader, type Component, type HydrationStrategy } from "vue";
import { pause } from "@/pause.ts";
import { isTakingOver } from "./written.ts";

const NEAR = "300px";
/** A browser that is busy for longer than this takes the next part over all the same. */
const IDLE_BY_MS = 300;
const ASKED_EVERY_MS = 50;
const TOUCHES = ["pointerdown", "keydown", "focusin"] as const;

interface Part {
  elements: Element[];
  take: () => void;
}
/** All that still stand as they were written. */
const parts = new Set<Part>();
/** Those of them whose turn comes. */
const queue = new Set<Part>();
let underway = false;
/** Somebody acts: the browser need not be idle any more. */
let hastened = false;
/** Code of parts that is on its way, and where that began while something around it was taken over. */
let loading = 0;
const awaited = new Set<Element>();

const inIdleTask = (run: () => void): void => {
  if (!hastened && "requestIdleCallback" in window) requestIdleCallback(run, { timeout: IDLE_BY_MS });
  else setTimeout(run);
};

function takeNext(): void {
  const [part] = queue;
  part?.take();
  underway = queue.size > 0;
  if (underway) inIdleTask(takeNext);
}

function enqueue(part: Part): void {
  queue.add(part);
  if (underway) return;
  underway = true;
  inIdleTask(takeNext);
}

function onTouch({ target }: Event): void {
  hastened = true;
  for (const part of parts) if (part.elements.some((element) => element.contains(target as Node))) part.take();
}

function openNear(): IntersectionObserver {
  return new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) for (const part of parts) if (part.elements.includes(target)) enqueue(part);
      }
    },
    { rootMargin: NEAR },
  );
}
let near: IntersectionObserver | undefined;

/** In its turn; with `seen`, its turn comes when it is near. */
const inTurn =
  (seen: boolean): HydrationStrategy =>
  (hydrate, forEach) => {
    const elements: Element[] = [];
    forEach((node) => void (node instanceof Element && elements.push(node)));
    const forget = (): void => {
      parts.delete(part);
      queue.delete(part);
      for (const element of elements) near?.unobserve(element);
    };
    const part: Part = {
      elements,
      take: () => {
        forget();
        const before = loading;
        hydrate();
        if (loading > before) for (const element of elements) awaited.add(element);
      },
    };
    if (parts.size === 0) for (const touch of TOUCHES) addEventListener(touch, onTouch, { passive: true, capture: true });
    parts.add(part);
    if (seen && elements.length > 0) for (const element of elements) (near ??= openNear()).observe(element);
    else enqueue(part);
    return forget;
  };

function later<T extends Component>(component: T, hydrate: HydrationStrategy): T {
  // An address that leads to a place within the page needs all of it.
  if (!isTakingOver() || (!import.meta.env.SSR && location.hash !== "")) return component;
  return defineAsyncComponent({ loader: () => Promise.resolve(component), hydrate });
}

/** To be made where it is used, in `setup`. */
export const whenSeen = <T extends Component>(component: T): T => later(component, inTurn(true));
export const inItsTurn = <T extends Component>(component: T): T => later(component, inTurn(false));

/** A part whose code comes by itself; what is done to it meanwhile waits for it. */
export function onDemand<T extends Component>(load: AsyncComponentLoader<T>): T {
  const loader: AsyncComponentLoader<T> = () => {
    loading += 1;
    return load().finally(() => {
      loading -= 1;
      if (loading === 0) awaited.clear();
    });
  };
  return defineAsyncComponent({ loader, hydrate: inTurn(false) });
}

/** Resolves when all parts stand whose turn has come, those within others too. */
export async function partsTaken(): Promise<void> {
  const isUnderway = (): boolean => queue.size > 0 || loading > 0;
  do await pause(ASKED_EVERY_MS);
  while (isUnderway());
}

/** Whether the program answers what is done to this element of a page that it has begun to take over. */
export function answers(element: Element): boolean {
  // At first it is not known where the code that comes belongs.
  if (isTakingOver() && loading > 0) return false;
  return ![...awaited, ...[...parts].flatMap(({ elements }) => elements)].some((one) => one.contains(element));
}
