import {
  boughtQuotaDto, buyQuotaInput, grantQuotaInput, quotaDto, quotaHistoryDto, quotaHistoryInput, quotaOverviewDto, quotaPurchaseDto, quotaPurchasePage, quotaPurchasesInput,
  quotaUserPage, quotaUsersInput, refundQuotaInput, uuid,
} from '@style-license/shared';
import * as z from 'zod';
import { adminProcedure, router, signedInProcedure } from '../../trpc/procedure.ts';
import { buyQuota } from './buy-quota.ts';
import { grantQuota } from './grant-quota.ts';
import { quotaOverview, quotaUsers } from './quota-admin.queries.ts';
import { currentQuota, ownPurchase, quotaHistory, quotaPurchases } from './quota.queries.ts';
import { refundQuota } from './refund-quota.ts';
import { requireSold } from './require-sold.ts';

const readOwn = signedInProcedure.meta({ limit: 'read' });

export const quotaRouter = router({
  current: readOwn.output(quotaDto).query(async ({ ctx }) => await currentQuota(ctx.deps, ctx.user.id)),
  history: readOwn.input(quotaHistoryInput).output(quotaHistoryDto).query(async ({ ctx, input }) => await quotaHistory(ctx.deps, ctx.user.id, input.months)),
  purchases: readOwn.input(quotaPurchasesInput).output(quotaPurchasePage).query(async ({ ctx, input }) => await quotaPurchases(ctx.deps, ctx.user.id, input)),
  buy: signedInProcedure.input(buyQuotaInput).output(boughtQuotaDto).mutation(async ({ ctx, input }) => {
    requireSold(ctx.deps);
    await buyQuota(ctx.deps, { userId: ctx.user.id, mayExceed: ctx.user.role === 'admin' }, input);
    return { purchase: await ownPurchase(ctx.deps, input.purchaseId), quota: await currentQuota(ctx.deps, ctx.user.id) };
  }),
  // administrators
  overview: adminProcedure.output(quotaOverviewDto).query(async ({ ctx }) => await quotaOverview(ctx.deps)),
  users: adminProcedure.input(quotaUsersInput).output(quotaUserPage).query(async ({ ctx, input }) => await quotaUsers(ctx.deps, input)),
  purchasesOf: adminProcedure.input(quotaPurchasesInput.extend({ userId: uuid })).output(quotaPurchasePage).query(async ({ ctx, input }) => await quotaPurchases(ctx.deps, input.userId, input)),
  grant: adminProcedure.input(grantQuotaInput).output(z.object({ quota: quotaDto })).mutation(async ({ ctx, input }) => {
    await grantQuota(ctx.deps, ctx.user.id, input);
    return { quota: await currentQuota(ctx.deps, input.userId) };
  }),
  refund: adminProcedure.input(refundQuotaInput).output(quotaPurchaseDto).mutation(async ({ ctx, input }) => {
    await refundQuota(ctx.deps, ctx.user.id, input);
    return await ownPurchase(ctx.deps, input.refundId);
  }),
});
