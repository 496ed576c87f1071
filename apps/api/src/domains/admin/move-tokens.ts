import { createHash } from 'node:crypto';
import { CodedError } from '@style-license/shared';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { recordAct } from '../../platform/record-act.ts';
import { creditNumber, grant, takeBack } from '../ledger/index.ts';

export interface MoveTokens { actorId: string; userId: string; direction: 'give' | 'take'; tokens: number; reason: string; requestId: string }

/**
 * Gives bonus tokens, or takes back what is left of them: never what is on hold, never below zero, never bought tokens. The reason is
 * the memo that the person reads in their history. Once per request id.
 * @throws NOT_FOUND; INSUFFICIENT_TOKENS when there is nothing to take; REQUEST_REUSED when the id belongs to another request
 */
export async function moveTokens({ db }: Pick<Deps, 'db'>, { actorId, userId, direction, tokens, reason, requestId }: MoveTokens): Promise<{ moved: number; availableAfter: number }> {
  const requestHash = createHash('sha256').update(JSON.stringify([userId, direction, tokens, reason])).digest('hex');
  const movement = { userId, tokens, memo: reason, scope: 'admin_tokens', key: requestId, requestHash };
  return await transaction(db, async (tx) => {
    if (!(await tx.wallet.findUnique({ where: { userId }, select: { userId: true } }))) throw new CodedError('NOT_FOUND');
    const { moved, availableAfter, stored, postingId } = direction === 'give'
      ? { moved: tokens, ...(await grant(tx, { ...movement, fund: 'bonus', kind: 'grant' })) }
      : await take(tx, movement);
    if (stored) return { moved, availableAfter };
    await recordAct(tx, { actorId, act: direction === 'give' ? 'grant_tokens' : 'take_back_tokens', subject: { kind: 'user', id: userId }, reason, details: { tokens: moved, receipt: creditNumber(postingId) } });
    await raiseEvents(tx, [{ userId, event: { type: 'balance' } }]);
    return { moved, availableAfter };
  });
}

async function take(tx: Parameters<typeof takeBack>[0], movement: { userId: string; tokens: number; memo: string; scope: string; key: string; requestHash: string }) {
  const { taken, availableAfter, stored, postingId } = await takeBack(tx, { ...movement, fund: 'bonus', owe: false });
  // Nothing taken: nothing of this has happened, the request id is free again.
  if (taken === 0) throw new CodedError('INSUFFICIENT_TOKENS', { required: movement.tokens, available: 0 });
  return { moved: taken, availableAfter, stored, postingId };
}
