/**
 * Where live messages meet those who want them, within one tab. It knows neither the network nor the other tabs: the connection
 * (realtime.ts) puts messages in, components and stores take them out. A page without a connection may listen all the same.
 */
import type { ChangedEvent, ProgressDto } from "@style-license/shared";

export interface LiveHandlers {
  job?: (event: Extract<ChangedEvent, { type: "job" }>) => void;
  generation?: (event: Extract<ChangedEvent, { type: "generation" }>) => void;
  style?: (event: Extract<ChangedEvent, { type: "style" }>) => void;
  balance?: () => void;
  account?: () => void;
  notification?: (event: Extract<ChangedEvent, { type: "notification" }>) => void;
  progress?: (progress: ProgressDto) => void;
  /** Events were missed: what is shown must be asked for again. */
  reset?: () => void;
}

const listeners = new Set<LiveHandlers>();
/** How many places in this tab watch a job in work: polling is then more frequent. */
let watchers = 0;

export function listen(handlers: LiveHandlers): () => void {
  listeners.add(handlers);
  return () => listeners.delete(handlers);
}

export function watchWork(): () => void {
  watchers += 1;
  let released = false;
  return () => {
    if (!released) watchers -= 1;
    released = true;
  };
}
export const isWorkWatched = (): boolean => watchers > 0;

export function tellChanged(event: ChangedEvent): void {
  for (const one of listeners) {
    switch (event.type) {
      case "job":
        one.job?.(event);
        break;
      case "generation":
        one.generation?.(event);
        break;
      case "style":
        one.style?.(event);
        break;
      case "notification":
        one.notification?.(event);
        break;
      case "balance":
        one.balance?.();
        break;
      case "account":
        one.account?.();
        break;
    }
  }
}
export function tellProgress(progress: ProgressDto): void {
  for (const one of listeners) one.progress?.(progress);
}
export function tellReset(): void {
  for (const one of listeners) one.reset?.();
}
