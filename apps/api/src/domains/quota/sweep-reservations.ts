import type { Deps } from '../../platform/deps.ts';
import { expiredCallsSql, settleCallSql } from './quota.sql.ts';

const AT_ONCE = 200;

/** Releases what dead processes had set aside. Any number of workers may do it at once: a reservation ends once. */
export async function sweepReservations({ db, clock, log }: Pick<Deps, 'db' | 'clock' | 'log'>): Promise<number> {
  const now = clock.now();
  let released = 0;
  for (const callId of await expiredCallsSql(db, now, AT_ONCE)) {
    const ended = await settleCallSql(db, { callId, outcome: 'failed', reason: 'expired', actual: null, ms: null, now });
    if (ended !== null) released++;
  }
  if (released > 0) log.warn({ released }, 'reservations of AI text quota released: their process is gone');
  return released;
}
