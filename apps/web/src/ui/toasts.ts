import { defineStore } from "pinia";
import { ref } from "vue";
import type { RouteLocationRaw } from "vue-router";

export interface Toast {
  id: number;
  text: string;
  /** One act as a link. */
  act?: { label: string; to?: RouteLocationRaw; run?: () => void } | undefined;
}

const SHOWN_MS = 6_000;
const MOST_AT_ONCE = 2;

/** What happened, in one line at the foot: six seconds, Esc closes, at most two at once, the oldest goes first. */
export const useToasts = defineStore("toasts", () => {
  const toasts = ref<Toast[]>([]);
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  let lastId = 0;

  function close(id: number): void {
    clearTimeout(timers.get(id));
    timers.delete(id);
    toasts.value = toasts.value.filter((toast) => toast.id !== id);
  }
  function closeNewest(): boolean {
    const newest = toasts.value.at(-1);
    if (newest) close(newest.id);
    return Boolean(newest);
  }
  function show(text: string, act?: Toast["act"]): number {
    const id = ++lastId;
    toasts.value = [...toasts.value, { id, text, act }];
    while (toasts.value.length > MOST_AT_ONCE) close(toasts.value[0]!.id);
    timers.set(id, setTimeout(() => close(id), SHOWN_MS));
    return id;
  }
  /** While the pointer or focus rests on them they stay. */
  function hold(): void {
    for (const timer of timers.values()) clearTimeout(timer);
    timers.clear();
  }
  function release(): void {
    for (const toast of toasts.value) timers.set(toast.id, setTimeout(() => close(toast.id), SHOWN_MS));
  }
  return { toasts, show, close, closeNewest, hold, release };
});
