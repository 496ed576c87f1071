/** What every page asks: who looks, and how this server is set. Apart from the other account procedures, which no first page needs. */
import { trpc } from "@/app/trpc.ts";

export const sessionApi = {
  config: () => trpc.system.config.query(),
  me: () => trpc.accounts.me.query(),
  signOut: () => trpc.accounts.signOut.mutate(),
};
