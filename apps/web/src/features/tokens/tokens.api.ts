/** The only caller of the token procedures. */
import { trpc } from "@/app/trpc.ts";

export type HistoryFilter = "all" | "purchase" | "usage";

export const tokensApi = {
  balance: () => trpc.tokens.balance.query(),
  history: (filter: HistoryFilter, cursor: string | null) => trpc.tokens.history.query({ filter, cursor }),
  earnings: (days: 30 | 90 | 365) => trpc.tokens.earnings.query({ days }),
  movement: (entryId: string) => trpc.tokens.movement.query({ entryId }),
  receipt: (jobId: string) => trpc.tokens.receipt.query({ jobId }),
};
