import { CodedError, type signUpInput } from '@style-license/shared';
import type * as z from 'zod';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { createUser } from './create-user.ts';
import { mailVerifyCode } from './mail-verify-code.ts';
import { assertGoodPassword, hashPassword } from './password.ts';
import { startSession } from './session.ts';

export interface SignedIn { userId: string; cookie: string }

/** @throws PASSWORD_SIGN_IN_OFF, PASSWORD_TOO_SHORT, PASSWORD_TOO_COMMON, EMAIL_TAKEN */
export async function signUp(deps: Deps, input: z.output<typeof signUpInput>, userAgent: string | null): Promise<SignedIn> {
  if (!deps.env.PASSWORD_SIGN_IN) throw new CodedError('PASSWORD_SIGN_IN_OFF');
  const { email, password, name, locale } = input;
  assertGoodPassword(password, { email, name });
  const passwordHash = await hashPassword(password);
  return await transaction(deps.db, async (tx) => {
    const user = await createUser(tx, { email, emailVerifiedAt: null, passwordHash, name, locale });
    await mailVerifyCode(tx, deps, { userId: user.id, email, locale });
    const { cookie } = await startSession(tx, deps.env, { userId: user.id, userAgent });
    return { userId: user.id, cookie };
  });
}
