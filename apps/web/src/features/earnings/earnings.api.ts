/** The only caller of the earnings' procedure. */
import { trpc } from "@/app/trpc.ts";

export type EarningsDays = 30 | 90 | 365;
export const earningsApi = { read: (days: EarningsDays) => trpc.tokens.earnings.query({ days }) };
