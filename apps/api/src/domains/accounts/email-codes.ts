/** Codes and link tokens that go out by mail. Only a keyed hash is stored; the newest of a purpose is the one that counts. */
import { createHmac, hkdfSync, randomBytes, randomInt } from 'node:crypto';
import type { Tx } from '../../platform/database.ts';

export const CODE_MINUTES = 15;
export const CODE_TRIES = 5;
export const RESET_MINUTES = 60;
const CODE_DIGITS = 6;
const RESET_TOKEN_BYTES = 32;

type Purpose = 'verify' | 'reset';
interface CodeEnv { STORE_SECRET: string }

/** Six digits are soon tried through by who reads the table: without the key they cannot be checked. */
export function hashCode(env: CodeEnv, purpose: Purpose, owner: string, code: string): string {
  const key = Buffer.from(hkdfSync('sha256', env.STORE_SECRET, '', 'email codes', 32));
  return createHmac('sha256', key).update(`${purpose}\0${owner}\0${code}`).digest('hex');
}

interface Issue { userId: string; email: string; now: Date }

/** A new verification code; earlier ones end. */
export async function issueVerifyCode(tx: Tx, env: CodeEnv, { userId, email, now }: Issue): Promise<string> {
  const code = String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
  await replaceCodes(tx, 'verify', userId, now);
  await tx.emailCode.create({ data: { userId, email, purpose: 'verify', codeHash: hashCode(env, 'verify', userId, code), createdAt: now, expiresAt: minutesAfter(now, CODE_MINUTES) } });
  return code;
}

/** A new reset token; earlier ones end. */
export async function issueResetToken(tx: Tx, env: CodeEnv, { userId, email, now }: Issue): Promise<string> {
  const token = randomBytes(RESET_TOKEN_BYTES).toString('base64url');
  await replaceCodes(tx, 'reset', userId, now);
  await tx.emailCode.create({ data: { userId, email, purpose: 'reset', codeHash: hashCode(env, 'reset', '', token), createdAt: now, expiresAt: minutesAfter(now, RESET_MINUTES) } });
  return token;
}

export async function replaceCodes(tx: Tx, purpose: Purpose, userId: string, now: Date): Promise<void> {
  await tx.emailCode.updateMany({ where: { userId, purpose, usedAt: null }, data: { usedAt: now } });
}

const minutesAfter = (time: Date, minutes: number): Date => new Date(time.getTime() + minutes * 60_000);
