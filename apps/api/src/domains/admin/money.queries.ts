import type { MoneyDto } from '@style-license/shared';
import type { Deps } from '../../platform/deps.ts';
import { moneyByDaySql, moneyNowSql } from './money.sql.ts';

const CURRENCY = 'KRW';
const DAY_MS = 86_400_000;

/** Money in and tokens out, by day, and where all tokens are now. */
export async function money({ db, clock, env }: Pick<Deps, 'db' | 'clock' | 'env'>, days: number): Promise<MoneyDto> {
  const [now, timeZone] = [clock.now(), env.TIME_ZONE];
  const [byDay, places] = await Promise.all([moneyByDaySql(db, { now, timeZone, days }), moneyNowSql(db)]);
  const of = (...kinds: string[]): number => places.filter(({ kind }) => kinds.includes(kind)).reduce((sum, { tokens }) => sum + Number(tokens), 0);
  const dayOf = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  return {
    from: dayOf.format(new Date(now.getTime() - (days - 1) * DAY_MS)), to: dayOf.format(now), timeZone, currency: CURRENCY,
    days: byDay.map((row) => ({
      day: row.day, paid: Number(row.paid), refunded: Number(row.refunded), purchases: Number(row.purchases), bought: Number(row.bought), given: Number(row.given),
      toArtists: Number(row.to_artists), toPlatform: Number(row.to_platform),
    })),
    now: {
      bonus: of('wallet_bonus'), bought: of('wallet_bought'), held: of('held_bonus', 'held_bought'), earnedBonus: of('earned_bonus'), earnedBought: of('earned_bought'),
      // A debt stands below zero; what is issued as well.
      platform: of('revenue_bonus', 'revenue_bought'), owed: -of('debt') || 0, issued: -of('issued_bonus', 'issued_bought') || 0,
    },
  };
}
