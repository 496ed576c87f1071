/** The one client of the API. Only `features/<domain>/<domain>.api.ts` call it. (The event stream has its own link, with features/realtime.) */
import { createTRPCClient, httpBatchLink, type TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import type { AppRouter } from "@style-license/api/router";
import { readError } from "./errors.ts";
import { onServer } from "./on-server.ts";
import { askToSignIn } from "./session-end.ts";
import { isTakingOver, pageTaken } from "./written.ts";

const MOST_IN_A_BATCH = 10;

/**
 * A session that ended in an open page: the call waits for the person to sign in again and is then made once more, so that
 * neither the page nor what was typed is lost.
 */
const againAfterSignIn: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    observable((observer) => {
      let stopped = false;
      let current = attempt(true);
      function attempt(mayAsk: boolean) {
        return next(op).subscribe({
          next: (value) => observer.next(value),
          complete: () => observer.complete(),
          error: (error) => {
            if (stopped) return;
            if (!mayAsk || readError(error).code !== "UNAUTHORIZED") {
              observer.error(error);
              return;
            }
            void goOnAfterSignIn(error);
          },
        });
      }
      async function goOnAfterSignIn(refusal: Parameters<typeof observer.error>[0]): Promise<void> {
        const signedIn = await askToSignIn();
        if (stopped) return;
        if (signedIn) current = attempt(false);
        else observer.error(refusal);
      }
      return () => {
        stopped = true;
        current.unsubscribe();
      };
    });

/**
 * What a page that the server wrote asks besides is asked when all of it is taken over, and at once: to ask costs a phone as much as to take
 * a part over, and no answer can be shown before.
 */
const afterTaking: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    isTakingOver()
      ? observable((observer) => {
          let stop: (() => void) | undefined;
          let stopped = false;
          const ask = (): void => {
            if (!stopped) stop = next(op).subscribe(observer).unsubscribe;
          };
          void pageTaken().then(ask);
          return () => {
            stopped = true;
            stop?.();
          };
        })
      : next(op);

export const trpc = createTRPCClient<AppRouter>({
  links: [againAfterSignIn, ...(import.meta.env.SSR ? [onServer] : [afterTaking, httpBatchLink<AppRouter>({ url: "/trpc", maxItems: MOST_IN_A_BATCH, maxURLLength: 4_000 })])],
});
