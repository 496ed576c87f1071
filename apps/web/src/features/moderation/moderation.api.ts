/** The only caller of reports, notices and what administrators decide on them. */
import { trpc } from "@/app/trpc.ts";
import type { CaseFilter, ReportReason, ReportSubject, TagState } from "@style-license/shared";

export interface Subject {
  kind: ReportSubject;
  id: string;
}

export const moderationApi = {
  report: (subject: Subject, reason: ReportReason, words: string) => trpc.moderation.report.mutate({ subject, reason, words }),
  notice: (caseId: string) => trpc.moderation.notice.query({ caseId }),
  noticeOf: (subject: Subject) => trpc.moderation.noticeOf.query(subject),
  appeal: (caseId: string, text: string) => trpc.moderation.appeal.mutate({ caseId, text }),
  cases: (filter: CaseFilter, cursor: string | null) => trpc.moderation.cases.query({ filter, cursor }),
  hide: (caseId: string, reason: ReportReason, note: string) => trpc.moderation.hide.mutate({ caseId, reason, note }),
  dismiss: (caseId: string, note: string) => trpc.moderation.dismiss.mutate({ caseId, note }),
  restore: (caseId: string, note: string) => trpc.moderation.restore.mutate({ caseId, note }),
  decideAppeal: (caseId: string, outcome: "granted" | "refused", note: string) => trpc.moderation.decideAppeal.mutate({ caseId, outcome, note }),
  tags: (text: string) => trpc.moderation.tags.query({ text }),
  setTag: (tag: string, state: TagState, note: string) => trpc.moderation.setTag.mutate({ tag, state, note }),
};
