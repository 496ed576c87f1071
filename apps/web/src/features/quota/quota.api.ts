/** The only caller of the AI text quota's procedures. */
import type { QuotaPackId } from "@style-license/shared";
import { trpc } from "@/app/trpc.ts";

export const quotaApi = {
  current: () => trpc.quota.current.query(),
  history: (months: number) => trpc.quota.history.query({ months }),
  purchases: (cursor: string | null) => trpc.quota.purchases.query({ cursor, limit: 10 }),
  buy: (purchaseId: string, packId: QuotaPackId) => trpc.quota.buy.mutate({ purchaseId, packId }),
  overview: () => trpc.quota.overview.query(),
  users: (cursor: string | null) => trpc.quota.users.query({ cursor }),
  grant: (purchaseId: string, userId: string, textTokens: number, reason: string) => trpc.quota.grant.mutate({ purchaseId, userId, textTokens, reason }),
};
