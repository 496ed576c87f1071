import {
  adminPaymentDto, adminPaymentsInput, beginAttemptInput, beginAttemptOutput, CodedError, createOrderInput, empty, finishAttemptInput, offerDto, page, paymentDto, paymentHistoryInput,
  refundOrderInput, sandboxDecideInput, sandboxDecideOutput, sandboxPaymentDto, uuid,
} from '@style-license/shared';
import * as z from 'zod';
import type { Deps } from '../../platform/deps.ts';
import { adminProcedure, publicProcedure, router, signedInProcedure } from '../../trpc/procedure.ts';
import { beginAttempt } from './begin-attempt.ts';
import { createOrder } from './create-order.ts';
import { finishAttempt } from './finish-attempt.ts';
import { allPayments, offer, ownPayment, paymentHistory } from './payments.queries.ts';
import { openProviders } from './providers/open-providers.ts';
import { requestRefund } from './request-refund.ts';
import { decideSandboxPayment, sandboxPayment } from './sandbox/sandbox-bank.ts';

/** @throws NOT_FOUND in production: there is no sandbox */
function requireSandbox({ env }: Deps): void {
  if (env.isProduction) throw new CodedError('NOT_FOUND');
}

export const paymentsRouter = router({
  offer: signedInProcedure.meta({ limit: 'read' }).output(offerDto).query(async ({ ctx }) => await offer(ctx.deps, ctx.user.id)),
  createOrder: signedInProcedure.input(createOrderInput).output(paymentDto).mutation(async ({ ctx, input }) => await createOrder(ctx.deps, { userId: ctx.user.id, ...input })),
  beginAttempt: signedInProcedure.input(beginAttemptInput).output(beginAttemptOutput).mutation(async ({ ctx, input }) =>
    await beginAttempt(ctx.deps, openProviders(ctx.deps), { userId: ctx.user.id, ...input, mayExceed: ctx.user.role === 'admin' })),
  finishAttempt: signedInProcedure.input(finishAttemptInput).output(paymentDto).mutation(async ({ ctx, input }) =>
    await finishAttempt(ctx.deps, openProviders(ctx.deps), { userId: ctx.user.id, attemptId: input.attemptId, paymentKey: input.paymentKey ?? null, failureCode: input.failureCode ?? null })),
  get: signedInProcedure.meta({ limit: 'read' }).input(z.object({ orderId: uuid })).output(paymentDto).query(async ({ ctx, input }) => await ownPayment(ctx.deps.db, ctx.user.id, input.orderId)),
  history: signedInProcedure.meta({ limit: 'read' }).input(paymentHistoryInput).output(page(paymentDto)).query(async ({ ctx, input }) => await paymentHistory(ctx.deps.db, ctx.user.id, input)),

  /** The sandbox's own page: whoever has its address, as at any provider. */
  sandboxPayment: publicProcedure.meta({ limit: 'read' }).input(z.object({ paymentId: uuid })).output(sandboxPaymentDto).query(async ({ ctx, input }) => {
    requireSandbox(ctx.deps);
    return await sandboxPayment(ctx.deps, input.paymentId);
  }),
  sandboxDecide: publicProcedure.input(sandboxDecideInput).output(sandboxDecideOutput).mutation(async ({ ctx, input }) => {
    requireSandbox(ctx.deps);
    return await decideSandboxPayment(ctx.deps, input.paymentId, input.outcome);
  }),

  all: adminProcedure.meta({ limit: 'read' }).input(adminPaymentsInput).output(page(adminPaymentDto)).query(async ({ ctx, input }) => await allPayments(ctx.deps.db, input)),
  refund: adminProcedure.input(refundOrderInput).output(empty).mutation(async ({ ctx, input }) => {
    await requestRefund(ctx.deps, { ...input, requestedBy: ctx.user.id });
    return {};
  }),
});
