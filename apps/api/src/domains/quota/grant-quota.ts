import { CodedError } from '@style-license/shared';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { recordAct } from '../../platform/record-act.ts';
import { hashOf, writeOnce } from './purchase-row.ts';
import { monthFor } from './quota-month.ts';
import { addSql, openSql } from './quota.sql.ts';

/** An administrator adds to a person's month, with a reason and without limit. The same id again changes nothing. @throws NOT_FOUND, REQUEST_REUSED */
export async function grantQuota(deps: Deps, actorId: string, grant: { purchaseId: string; userId: string; textTokens: number; reason: string }): Promise<void> {
  const { db, env, clock } = deps;
  await transaction(db, async (tx) => {
    if (!(await tx.user.findUnique({ where: { id: grant.userId }, select: { id: true } }))) throw new CodedError('NOT_FOUND');
    const now = clock.now();
    const month = monthFor(env, grant.userId, now);
    await openSql(tx, month);
    const { isNew } = await writeOnce(tx, {
      id: grant.purchaseId, userId: grant.userId, month: new Date(month.month), kind: 'bonus', status: 'completed', textTokens: grant.textTokens, method: 'grant',
      transactionId: `grant:${grant.purchaseId}`, reason: grant.reason, actorId, requestHash: hashOf('grant', grant.textTokens, grant.reason), createdAt: now, processedAt: now,
    });
    if (!isNew) return;
    await addSql(tx, { ...month, textTokens: grant.textTokens, bought: false, max: null });
    await recordAct(tx, { actorId, act: 'grant_quota', subject: { kind: 'user', id: grant.userId }, reason: grant.reason, details: { textTokens: grant.textTokens } });
    await raiseEvents(tx, [{ userId: grant.userId, event: { type: 'balance' } }]);
  });
}
