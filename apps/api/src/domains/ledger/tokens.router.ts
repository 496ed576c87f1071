import { balanceDto, earningsDto, earningsInput, historyEntryDto, historyInput, movementDto, movementInput, page, receiptDto, uuid } from '@style-license/shared';
import * as z from 'zod';
import type { Deps } from '../../platform/deps.ts';
import type { Reader } from '../../platform/database.ts';
import { artistProcedure, router, signedInProcedure } from '../../trpc/procedure.ts';
import { balance } from './balance.queries.ts';
import { earnings } from './earnings.queries.ts';
import { history, type JobDescription } from './history.queries.ts';
import { movement } from './movement.queries.ts';
import { ownReceipt } from './receipts.queries.ts';

/** What the ledger does not know of a job is told by the domains that do, handed in at composition. */
export interface TokensParts { describeJobs(db: Reader, deps: Deps, jobIds: readonly string[]): Promise<Map<string, JobDescription>> }

export const createTokensRouter = ({ describeJobs }: TokensParts) =>
  router({
    balance: signedInProcedure.meta({ limit: 'read' }).output(balanceDto).query(async ({ ctx }) =>
      await balance(ctx.deps.db, ctx.user.id, { now: ctx.deps.clock.now(), timeZone: ctx.deps.env.TIME_ZONE })),
    history: signedInProcedure.meta({ limit: 'read' }).input(historyInput).output(page(historyEntryDto)).query(async ({ ctx, input }) =>
      await history(ctx.deps.db, (db, jobIds) => describeJobs(db, ctx.deps, jobIds), { userId: ctx.user.id, ...input })),
    receipt: signedInProcedure.meta({ limit: 'read' }).input(z.object({ jobId: uuid })).output(receiptDto).query(async ({ ctx, input }) =>
      await ownReceipt(ctx.deps.db, ctx.user.id, input.jobId)),
    movement: signedInProcedure.meta({ limit: 'read' }).input(movementInput).output(movementDto).query(async ({ ctx, input }) => await movement(ctx.deps.db, ctx.user.id, input.entryId)),
    earnings: artistProcedure.meta({ limit: 'read' }).input(earningsInput).output(earningsDto).query(async ({ ctx, input }) =>
      await earnings(ctx.deps.db, ctx.user.id, { now: ctx.deps.clock.now(), timeZone: ctx.deps.env.TIME_ZONE, days: input.days })),
  });
