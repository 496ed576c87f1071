import {
  appealInput, casesInput, decideAppealInput, dismissInput, empty, hideInput, moderationCasePage, moderationNoticeDto, reportedDto, reportInput, reportSubject, restoreInput, setTagInput, tagRuleDto, tagRulesInput, uuid,
} from '@style-license/shared';
import * as z from 'zod';
import { adminProcedure, router, signedInProcedure } from '../../trpc/procedure.ts';
import { appeal } from './appeal.ts';
import { decideAppeal, dismiss, hide, restore } from './decide-case.ts';
import { cases, notice, noticeOf, tagRules } from './moderation.queries.ts';
import { report } from './report.ts';
import { setTag } from './set-tag.ts';

const readOwn = signedInProcedure.meta({ limit: 'read' });
const read = adminProcedure.meta({ limit: 'read' });

export const moderationRouter = router({
  report: signedInProcedure.input(reportInput).output(reportedDto).mutation(async ({ ctx, input }) => await report(ctx.deps, ctx.user.id, input)),
  notice: readOwn.input(z.object({ caseId: uuid })).output(moderationNoticeDto).query(async ({ ctx, input }) => await notice(ctx.deps, ctx.user.id, input.caseId)),
  noticeOf: readOwn.input(reportSubject).output(moderationNoticeDto.nullable()).query(async ({ ctx, input }) => await noticeOf(ctx.deps, ctx.user.id, input)),
  appeal: signedInProcedure.input(appealInput).output(moderationNoticeDto).mutation(async ({ ctx, input }) => {
    await appeal(ctx.deps, ctx.user.id, input);
    return await notice(ctx.deps, ctx.user.id, input.caseId);
  }),
  cases: read.input(casesInput).output(moderationCasePage).query(async ({ ctx, input }) => await cases(ctx.deps, input)),
  hide: adminProcedure.input(hideInput).output(empty).mutation(async ({ ctx, input }) => {
    await hide(ctx.deps, ctx.user.id, input);
    return {};
  }),
  dismiss: adminProcedure.input(dismissInput).output(empty).mutation(async ({ ctx, input }) => {
    await dismiss(ctx.deps, ctx.user.id, input);
    return {};
  }),
  restore: adminProcedure.input(restoreInput).output(empty).mutation(async ({ ctx, input }) => {
    await restore(ctx.deps, ctx.user.id, input);
    return {};
  }),
  decideAppeal: adminProcedure.input(decideAppealInput).output(empty).mutation(async ({ ctx, input }) => {
    await decideAppeal(ctx.deps, ctx.user.id, input);
    return {};
  }),
  tags: read.input(tagRulesInput).output(z.object({ items: z.array(tagRuleDto) })).query(async ({ ctx, input }) => await tagRules(ctx.deps.db, input.text)),
  setTag: adminProcedure.input(setTagInput).output(empty).mutation(async ({ ctx, input }) => {
    await setTag(ctx.deps, ctx.user.id, input);
    return {};
  }),
});
