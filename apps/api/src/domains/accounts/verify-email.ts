import { timingSafeEqual } from 'node:crypto';
import { CodedError, type ErrorCode } from '@style-license/shared';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { CODE_TRIES, hashCode } from './email-codes.ts';

interface CodeRow { id: string; code_hash: string; email: string; attempts: number; expires_at: Date }

/** @throws CODE_INVALID with `triesLeft`, CODE_EXPIRED */
export async function verifyEmail(deps: Deps, userId: string, typed: string): Promise<void> {
  const code = typed.replaceAll(/\D/g, '');
  // The refusal is thrown after the commit: a wrong try must be counted.
  const refusal = await transaction(deps.db, (tx) => tryCode(tx, deps, userId, code));
  if (refusal) throw new CodedError(refusal.code, { field: 'code', triesLeft: refusal.triesLeft });
}

async function tryCode(tx: Tx, deps: Deps, userId: string, code: string): Promise<{ code: ErrorCode; triesLeft: number } | null> {
  const now = deps.clock.now();
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true, emailVerifiedAt: true } });
  if (user.emailVerifiedAt !== null) return null;
  // Locked: of many tries at once each counts.
  const [row] = await tx.$queryRaw<CodeRow[]>`
    SELECT id, code_hash, email, attempts, expires_at FROM email_codes
    WHERE user_id = ${userId}::uuid AND purpose = 'verify' AND used_at IS NULL ORDER BY created_at DESC LIMIT 1 FOR UPDATE`;
  if (!row || row.email !== user.email) return { code: 'CODE_EXPIRED', triesLeft: 0 };
  if (row.expires_at <= now || row.attempts >= CODE_TRIES) return { code: 'CODE_EXPIRED', triesLeft: 0 };
  const isRight = timingSafeEqual(Buffer.from(hashCode(deps.env, 'verify', userId, code)), Buffer.from(row.code_hash));
  if (!isRight) {
    await tx.emailCode.update({ where: { id: row.id }, data: { attempts: { increment: 1 } } });
    return { code: 'CODE_INVALID', triesLeft: CODE_TRIES - row.attempts - 1 };
  }
  await tx.emailCode.update({ where: { id: row.id }, data: { usedAt: now } });
  await tx.user.update({ where: { id: userId }, data: { emailVerifiedAt: now } });
  await raiseEvents(tx, [{ userId, event: { type: 'account' } }]);
  return null;
}
