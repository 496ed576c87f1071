import { BOSS_SCHEMA, LEDGER_CHECK_QUEUE } from '@style-license/shared/server';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { recordAct } from '../../platform/record-act.ts';

/** Has a worker read the whole ledger now. The answer stands in the list of checks when it is done. */
export async function requestLedgerCheck({ db, queue }: Pick<Deps, 'db' | 'queue'>, actorId: string, reason: string): Promise<void> {
  await transaction(db, async (tx) => {
    await recordAct(tx, { actorId, act: 'check_ledger', subject: { kind: 'ledger', id: '' }, reason });
    await queue.send(tx, { schema: BOSS_SCHEMA, queue: LEDGER_CHECK_QUEUE, data: { askedBy: actorId }, singletonKey: 'ledger' });
  });
}
