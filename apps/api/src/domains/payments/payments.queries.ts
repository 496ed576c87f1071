import {
  CodedError, PACKAGE_IDS, QUOTA_PACKS, TOKEN_PACKAGES, taxOf,
  type AdminPaymentDto, type OfferDto, type Page, type PaymentAttemptDto, type PaymentDto, type PaymentState,
} from '@style-license/shared';
import type { Prisma } from '@style-license/db';
import { decodeCursor, encodeCursor } from '../../platform/cursor.ts';
import type { Reader } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { owed, repaid } from '../ledger/index.ts';

export async function offer({ db, env, languageModel }: Pick<Deps, 'db' | 'env' | 'languageModel'>, userId: string): Promise<OfferDto> {
  return {
    provider: env.PAYMENT_PROVIDER, packages: PACKAGE_IDS.map((id) => ({ id, ...TOKEN_PACKAGES[id] })), owed: await owed(db, userId),
    quotaPacks: languageModel ? QUOTA_PACKS.map(({ id, textTokens, tokens, krw }) => ({ id, textTokens, tokens, amount: krw, currency: 'KRW' })) : [],
  };
}

const WITH_ATTEMPTS = {
  attempts: { orderBy: { startedAt: 'desc' } }, refunds: { where: { state: 'requested' }, select: { id: true, attemptId: true } },
} as const satisfies Prisma.PaymentOrderInclude;
type OrderRow = Prisma.PaymentOrderGetPayload<{ include: typeof WITH_ATTEMPTS }>;

export const paymentNumber = (number: bigint): string => `P-${String(number).padStart(6, '0')}`;

/** @throws NOT_FOUND for anybody else's order */
export async function ownPayment(db: Reader, userId: string, orderId: string): Promise<PaymentDto> {
  const order = await db.paymentOrder.findUnique({ where: { id: orderId }, include: WITH_ATTEMPTS });
  if (order?.userId !== userId) throw new CodedError('NOT_FOUND');
  return paymentDto(order, await repaidOf(db, [order]));
}

/** Of paid orders, what paid a debt: one query a page. */
const repaidOf = async (db: Reader, orders: readonly { id: string; paidAt: Date | null }[]): Promise<ReadonlyMap<string, number>> =>
  await repaid(db, 'payment', orders.flatMap(({ id, paidAt }) => (paidAt ? [id] : [])));

/** Orders that somebody tried to pay, newest first; payment_orders_user_id_created_at_id_idx. */
export async function paymentHistory(db: Reader, userId: string, request: { cursor?: string | null; limit: number }): Promise<Page<PaymentDto>> {
  const page = await readPage(db, { userId, attempts: { some: {} } }, request, WITH_ATTEMPTS);
  const repaidTokens = await repaidOf(db, page.items);
  return { ...page, items: page.items.map((order) => paymentDto(order, repaidTokens)) };
}

const WITH_PROVIDER_DATA = { attempts: WITH_ATTEMPTS.attempts, refunds: { orderBy: { createdAt: 'desc' } }, user: { select: { username: true } } } as const satisfies Prisma.PaymentOrderInclude;

/** For administrators: everybody's, with what providers said; payment_orders_created_at_id_idx. */
export async function allPayments(db: Reader, request: { cursor?: string | null; limit: number; state?: PaymentState | null; userId?: string | null }): Promise<Page<AdminPaymentDto>> {
  const where: Prisma.PaymentOrderWhereInput = { ...(request.state ? { state: request.state } : {}), ...(request.userId ? { userId: request.userId } : {}), attempts: { some: {} } };
  const page = await readPage(db, where, request, WITH_PROVIDER_DATA);
  const repaidTokens = await repaidOf(db, page.items);
  return {
    ...page,
    items: page.items.map((order) => ({
      ...paymentDto({ ...order, refunds: order.refunds.filter(({ state }) => state === 'requested') }, repaidTokens),
      userId: order.userId, username: order.user.username,
      data: order.attempts.map(({ id, paymentKey, providerData, checkAt }) => ({ attemptId: id, paymentKey, provider: providerData as AdminPaymentDto['data'][number]['provider'], checkAt: checkAt?.toISOString() ?? null })),
      refunds: order.refunds.map((refund) => ({
        refundId: refund.id, attemptId: refund.attemptId, amount: Number(refund.amount), reason: refund.reason, state: refund.state as 'requested' | 'done' | 'failed', code: refund.code,
        createdAt: refund.createdAt.toISOString(), endedAt: refund.endedAt?.toISOString() ?? null,
      })),
    })),
  };
}

async function readPage<T extends Prisma.PaymentOrderInclude>(
  db: Reader, where: Prisma.PaymentOrderWhereInput, { cursor, limit }: { cursor?: string | null; limit: number }, include: T,
): Promise<Page<Prisma.PaymentOrderGetPayload<{ include: T }>>> {
  const after = cursor ? decodeCursor(cursor) : null;
  // A person has few purchases and administrators few pages: Prisma's own cursor condition does here.
  const rows = await db.paymentOrder.findMany({
    where: after ? { AND: [where, { createdAt: { lte: after.at } }, { OR: [{ createdAt: { lt: after.at } }, { id: { lt: after.id } }] }] } : where,
    include, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take: limit + 1,
  });
  const items = rows.slice(0, limit) as Prisma.PaymentOrderGetPayload<{ include: T }>[];
  const last = items.at(-1) as { createdAt: Date; id: string } | undefined;
  const hasMore = rows.length > limit;
  return { items, nextCursor: hasMore && last ? encodeCursor({ at: last.createdAt, id: last.id }) : null, hasMore };
}

function paymentDto(order: OrderRow, repaidTokens: ReadonlyMap<string, number>): PaymentDto {
  const amount = Number(order.amount);
  const attempts = order.attempts.map(attemptDto);
  const paidBy = attempts.find(({ attemptId }) => attemptId === order.paidAttemptId);
  return {
    orderId: order.id, number: paymentNumber(order.number), packageId: order.packageId, product: order.textTokens > 0n ? 'quota' : 'tokens', tokens: Number(order.tokens), textTokens: Number(order.textTokens), amount, currency: order.currency, ...taxOf(amount),
    state: order.state as PaymentState, reason: order.reason, provider: (paidBy ?? attempts[0])?.provider ?? null, method: paidBy?.method ?? null,
    createdAt: order.createdAt.toISOString(), paidAt: order.paidAt?.toISOString() ?? null, refundedAt: order.refundedAt?.toISOString() ?? null,
    refundedAmount: Number(order.refundedAmount), takenTokens: Number(order.takenTokens), owedTokens: Number(order.owedTokens), takenTextTokens: Number(order.takenTextTokens), repaidTokens: repaidTokens.get(order.id) ?? 0,
    waiting: order.state === 'pending' && attempts.some(({ state }) => state === 'started' || state === 'pending'),
    refunding: order.refunds.some(({ attemptId }) => attemptId === order.paidAttemptId),
    attempts,
  };
}

const attemptDto = (attempt: OrderRow['attempts'][number]): PaymentAttemptDto => ({
  attemptId: attempt.id, provider: attempt.provider as PaymentAttemptDto['provider'], state: attempt.state as PaymentAttemptDto['state'], method: attempt.method as PaymentAttemptDto['method'],
  code: attempt.code, message: attempt.message, startedAt: attempt.startedAt.toISOString(), endedAt: attempt.endedAt?.toISOString() ?? null,
});
