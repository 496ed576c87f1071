/** Where the server writes a page, its questions go to the same procedures without the network. Nothing of this is in the page's own program. */
import { onServerPrefetch } from "vue";
import { TRPCClientError, type TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import type { AppRouter } from "@style-license/api/router";

/** Asks a procedure, by its path, as a visitor would. */
export type Ask = (path: string, input: unknown) => Promise<unknown>;

let ask: Ask = () => Promise.reject(new Error("No page is being written."));
export function askBy(way: Ask): void {
  ask = way;
}

export const onServer: TRPCLink<AppRouter> =
  () =>
  ({ op }) =>
    observable((observer) => {
      ask(op.path, op.input).then(
        (data) => {
          observer.next({ result: { type: "data", data } });
          observer.complete();
        },
        (error: unknown) => observer.error(TRPCClientError.from(error as Error)),
      );
    });

/** The page that the server writes waits for this answer and takes it along; a browser finds it there. */
export function waitOnServer(query: { suspense: () => Promise<unknown> }): void {
  if (import.meta.env.SSR) onServerPrefetch(() => query.suspense());
}
