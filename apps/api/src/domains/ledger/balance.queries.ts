import type { BalanceDto } from '@style-license/shared';
import type { Database, Tx } from '../../platform/database.ts';
import { balanceSql } from './ledger.sql.ts';

/** A person's balance now, and this month's figures (months are counted in TIME_ZONE). */
export async function balance(db: Database | Tx, userId: string, at: { now: Date; timeZone: string }): Promise<BalanceDto> {
  const row = await balanceSql(db, userId, at.now, at.timeZone);
  if (!row) throw new Error(`user ${userId} has no wallet`);
  return {
    available: Number(row.bonus + row.bought), bonus: Number(row.bonus), bought: Number(row.bought), held: Number(row.held),
    spentThisMonth: Number(row.spent), toArtistsThisMonth: Number(row.to_artists),
    earnedBonus: Number(row.earned_bonus), earnedBought: Number(row.earned_bought),
  };
}
