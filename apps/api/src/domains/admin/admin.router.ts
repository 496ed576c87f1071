import {
  adminActDto, adminActsInput, adminHistoryInput, adminReason, adminUserDetailDto, adminUserDto, adminUsersInput, empty, historyEntryDto, ledgerCheckDto, ledgerStateDto, moneyDto, moneyInput,
  movementDto, movementInput, moveTokensDto, moveTokensInput, page, pageInput, receiptDto, uuid, CodedError,
} from '@style-license/shared';
import * as z from 'zod';
import { adminProcedure, router } from '../../trpc/procedure.ts';
import { history, receipts, type TokensParts } from '../ledger/index.ts';
import { acts } from './acts.queries.ts';
import { ledgerChecks, ledgerState } from './ledger-checks.queries.ts';
import { userMovement } from './movement.queries.ts';
import { money } from './money.queries.ts';
import { moveTokens } from './move-tokens.ts';
import { requestLedgerCheck } from './request-ledger-check.ts';
import { searchUsers, userDetail } from './users.queries.ts';

const reading = adminProcedure.meta({ limit: 'read' });

export const createAdminRouter = ({ describeJobs }: TokensParts) =>
  router({
    acts: reading.input(adminActsInput).output(page(adminActDto)).query(async ({ ctx, input }) => await acts(ctx.deps.db, input)),
    users: reading.input(adminUsersInput).output(page(adminUserDto)).query(async ({ ctx, input }) => await searchUsers(ctx.deps.db, input)),
    user: reading.input(z.object({ userId: uuid })).output(adminUserDetailDto).query(async ({ ctx, input }) => await userDetail(ctx.deps, input.userId)),
    userHistory: reading.input(adminHistoryInput).output(page(historyEntryDto)).query(async ({ ctx, input }) =>
      await history(ctx.deps.db, (db, jobIds) => describeJobs(db, ctx.deps, jobIds), input)),
    receipt: reading.input(z.object({ jobId: uuid })).output(receiptDto).query(async ({ ctx, input }) => {
      const receipt = (await receipts(ctx.deps.db, [input.jobId])).get(input.jobId);
      if (!receipt) throw new CodedError('NOT_FOUND');
      return receipt;
    }),
    movement: reading.input(movementInput.extend({ userId: uuid })).output(movementDto).query(async ({ ctx, input }) => await userMovement(ctx.deps.db, input)),
    moveTokens: adminProcedure.input(moveTokensInput).output(moveTokensDto).mutation(async ({ ctx, input }) => await moveTokens(ctx.deps, { ...input, actorId: ctx.user.id })),
    money: reading.input(moneyInput).output(moneyDto).query(async ({ ctx, input }) => await money(ctx.deps, input.days)),
    ledger: reading.output(ledgerStateDto).query(async ({ ctx }) => await ledgerState(ctx.deps)),
    ledgerChecks: reading.input(pageInput.extend({ onlyFaulty: z.boolean().default(false) })).output(page(ledgerCheckDto)).query(async ({ ctx, input }) => await ledgerChecks(ctx.deps.db, input)),
    checkLedger: adminProcedure.input(z.object({ reason: adminReason })).output(empty).mutation(async ({ ctx, input }) => {
      await requestLedgerCheck(ctx.deps, ctx.user.id, input.reason);
      return {};
    }),
  });
