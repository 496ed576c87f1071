import { QueryClient } from "@tanstack/vue-query";
import { readError, type PageErrorCode } from "./errors.ts";

/** Worth asking again by itself: nobody answered, or the answer was that nobody can just now. */
const PASSING: ReadonlySet<PageErrorCode> = new Set(["OFFLINE", "UNAVAILABLE"]);
const MOST_RETRIES = 2;
const FRESH_MS = 30_000;
/** Kept for going back: a feed that was walked down stands where it stood. */
const KEPT_MS = 30 * 60_000;

/** Events tell what changed, so nothing is asked again merely because a window was looked at. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        gcTime: KEPT_MS,
        refetchOnWindowFocus: false,
        // The server that writes a page asks once: whoever reads it asks again.
        retry: import.meta.env.SSR ? false : (count, error) => count < MOST_RETRIES && PASSING.has(readError(error).code),
      },
      mutations: { retry: false },
    },
  });
}

export const queryClient = createQueryClient();
