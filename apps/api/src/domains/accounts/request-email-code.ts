import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import type { SessionUser } from '../../trpc/context.ts';
import { mailVerifyCode } from './mail-verify-code.ts';

/** Mails a new code; nothing happens where there is nothing to verify. */
export async function requestEmailCode(deps: Deps, { id: userId, locale }: SessionUser): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true, emailVerifiedAt: true } });
    if (user.email === null || user.emailVerifiedAt !== null) return;
    await mailVerifyCode(tx, deps, { userId, email: user.email, locale });
  });
}
