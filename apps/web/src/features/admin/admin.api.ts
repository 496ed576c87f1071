/** The only caller of the administrators' procedures. */
import { trpc } from "@/app/trpc.ts";
import type { AdminSubject } from "@style-license/shared";

export type HistoryFilter = "all" | "purchase" | "usage";
export interface TokenMove { userId: string; direction: "give" | "take"; tokens: number; reason: string; requestId: string }

export const adminApi = {
  acts: (cursor: string | null, subject?: { kind: AdminSubject; id: string }) => trpc.admin.acts.query({ cursor, subject }),
  users: (q: string, cursor: string | null) => trpc.admin.users.query({ q, cursor }),
  user: (userId: string) => trpc.admin.user.query({ userId }),
  userHistory: (userId: string, filter: HistoryFilter, cursor: string | null) => trpc.admin.userHistory.query({ userId, filter, cursor }),
  receipt: (jobId: string) => trpc.admin.receipt.query({ jobId }),
  movement: (userId: string, entryId: string) => trpc.admin.movement.query({ userId, entryId }),
  moveTokens: (move: TokenMove) => trpc.admin.moveTokens.mutate(move),
  money: (days: 30 | 90 | 365) => trpc.admin.money.query({ days }),
  runners: () => trpc.system.runners.query(),
  ledger: () => trpc.admin.ledger.query(),
  ledgerChecks: (onlyFaulty: boolean, cursor: string | null) => trpc.admin.ledgerChecks.query({ onlyFaulty, cursor }),
  checkLedger: (reason: string) => trpc.admin.checkLedger.mutate({ reason }),
};
