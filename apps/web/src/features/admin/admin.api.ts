/** The only caller of the administrators' procedures. */
import { trpc } from "@/app/trpc.ts";
import type { AdminSubject } from "@style-license/shared";

export const adminApi = {
  acts: (cursor: string | null, subject?: { kind: AdminSubject; id: string }) => trpc.admin.acts.query({ cursor, subject }),
};
