/**
 * A provider that takes no money, with books of its own: what happens at a real one on its side of the wire. Our orders never look
 * in here; they go through the adapter, as with any other provider. Does not exist in production.
 */
import { randomUUID } from 'node:crypto';
import { CodedError, type SandboxOutcome, type SandboxPaymentDto } from '@style-license/shared';
import { transaction, type Tx } from '../../../platform/database.ts';
import type { Deps } from '../../../platform/deps.ts';

type BankDeps = Pick<Deps, 'db' | 'clock'>;

/** How late the sandbox is when asked to be. */
const LATE_MS = 8_000;
const WEBHOOK_DELAY_MS = 500;
const DISORDER_MS = 2_500;

export interface SandboxSale { merchantId: string; orderName: string; amount: number; currency: string; returnUrl: string }

/** Opens a payment; the same merchant's id again gives the one that is there. */
export async function openSandboxPayment({ db }: BankDeps, sale: SandboxSale): Promise<string> {
  await db.sandboxPayment.createMany({ data: [sale], skipDuplicates: true });
  return (await db.sandboxPayment.findUniqueOrThrow({ where: { merchantId: sale.merchantId }, select: { id: true } })).id;
}

export async function sandboxPayment({ db }: BankDeps, paymentId: string): Promise<SandboxPaymentDto> {
  const payment = await db.sandboxPayment.findUnique({ where: { id: paymentId } });
  if (!payment) throw new CodedError('NOT_FOUND');
  return { paymentId, orderName: payment.orderName, amount: Number(payment.amount), currency: payment.currency, decided: payment.paidAt !== null || payment.failedAt !== null };
}

/** Does what the person chose, once, and says where the browser goes. */
export async function decideSandboxPayment({ db, clock }: BankDeps, paymentId: string, outcome: SandboxOutcome): Promise<{ returnUrl: string | null }> {
  const now = clock.now();
  return await transaction(db, async (tx) => {
    await tx.$executeRaw`SELECT 1 FROM sandbox_payments WHERE id = ${paymentId}::uuid FOR UPDATE`;
    const payment = await tx.sandboxPayment.findUnique({ where: { id: paymentId } });
    if (!payment) throw new CodedError('NOT_FOUND');
    const back = (values: Record<string, string>): string => {
      const url = new URL(payment.returnUrl);
      for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
      return url.href;
    };
    if (outcome === 'cancelled') return { returnUrl: back({ code: 'USER_CANCEL' }) };
    // A payment is decided once; a reloaded page leads back to what became of it.
    if (payment.paidAt ?? payment.failedAt) return { returnUrl: payment.outcome === 'paid_no_return' ? null : back(payment.failedAt ? { code: 'CARD_DECLINED' } : { paymentKey: paymentId }) };
    if (outcome === 'declined') {
      await tx.sandboxPayment.update({ where: { id: paymentId }, data: { outcome, failedAt: now } });
      await announce(tx, payment, 'payment.failed', now, WEBHOOK_DELAY_MS);
      return { returnUrl: back({ code: 'CARD_DECLINED' }) };
    }
    const paidAt = new Date(now.getTime() + (outcome === 'webhook_late' ? LATE_MS : 0));
    await tx.sandboxPayment.update({ where: { id: paymentId }, data: { outcome, paidAt } });
    await announcePaid(tx, payment, outcome, now);
    return { returnUrl: outcome === 'paid_no_return' ? null : back({ paymentKey: paymentId }) };
  });
}

async function announcePaid(tx: Tx, payment: Merchant, outcome: SandboxOutcome, now: Date): Promise<void> {
  const messageId = await announce(tx, payment, 'payment.paid', now, outcome === 'webhook_late' ? LATE_MS : WEBHOOK_DELAY_MS);
  if (outcome === 'webhook_doubled') await announce(tx, payment, 'payment.paid', now, WEBHOOK_DELAY_MS, messageId);
  // What happened before arrives after.
  if (outcome === 'webhook_disordered') await announce(tx, payment, 'payment.pending', now, DISORDER_MS);
}

/** As the bank or the card company would: money goes back without anyone here having asked. */
export async function chargeBackSandboxPayment(deps: BankDeps, merchantId: string, amount: number): Promise<void> {
  const now = deps.clock.now();
  await transaction(deps.db, async (tx) => {
    const payment = await tx.sandboxPayment.update({ where: { merchantId }, data: { cancelledAmount: { increment: amount } } });
    await announce(tx, payment, 'payment.cancelled', now, 0);
  });
}

export interface SandboxState { paymentId: string; status: 'READY' | 'PENDING' | 'PAID' | 'FAILED'; amount: number; currency: string; cancelled: number }

export async function readSandboxPayment({ db, clock }: BankDeps, merchantId: string): Promise<SandboxState | null> {
  const payment = await db.sandboxPayment.findUnique({ where: { merchantId } });
  if (!payment) return null;
  const isPaid = payment.paidAt !== null && payment.paidAt <= clock.now();
  const status = payment.failedAt ? 'FAILED' : isPaid ? 'PAID' : payment.paidAt ? 'PENDING' : 'READY';
  return { paymentId: payment.id, status, amount: Number(payment.amount), currency: payment.currency, cancelled: Number(payment.cancelledAmount) };
}

/** Gives back what is left; the same key again changes nothing. False: there was nothing to give back. */
export async function refundSandboxPayment({ db, clock }: BankDeps, merchantId: string, key: string): Promise<boolean> {
  const now = clock.now();
  return await transaction(db, async (tx) => {
    const [payment] = await tx.$queryRaw<{ id: string; left: bigint; paid: boolean }[]>`
      SELECT id, amount - cancelled_amount AS left, paid_at IS NOT NULL AND paid_at <= ${now.toISOString()}::timestamptz AS paid
      FROM sandbox_payments WHERE merchant_id = ${merchantId}::uuid FOR UPDATE`;
    if (!payment?.paid) return false;
    if (payment.left === 0n) return true;
    const { count } = await tx.sandboxRefund.createMany({ data: [{ key, paymentId: payment.id, amount: payment.left }], skipDuplicates: true });
    if (count === 0) return true;
    await tx.sandboxPayment.update({ where: { id: payment.id }, data: { cancelledAmount: { increment: payment.left } } });
    await announce(tx, { id: payment.id, merchantId }, 'payment.cancelled', now, WEBHOOK_DELAY_MS);
    return true;
  });
}

interface Merchant { id: string; merchantId: string }

async function announce(tx: Tx, payment: Merchant, type: string, now: Date, delayMs: number, messageId = `msg_${randomUUID()}`): Promise<string> {
  const body = JSON.stringify({ type, createdAt: now.toISOString(), data: { paymentId: payment.id, merchantId: payment.merchantId } });
  await tx.sandboxWebhook.create({ data: { messageId, paymentId: payment.id, body, dueAt: new Date(now.getTime() + delayMs) } });
  return messageId;
}
