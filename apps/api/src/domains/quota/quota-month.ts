import type { Env } from '../../env.ts';
import type { QuotaMonth } from './quota.sql.ts';

/** The first day of the month that it is in `timeZone`, as YYYY-MM-01; `back` months before. */
export function monthOf(now: Date, timeZone: string, back = 0): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit' }).formatToParts(now);
  const part = (type: 'year' | 'month'): number => Number(parts.find((one) => one.type === type)!.value);
  return new Date(Date.UTC(part('year'), part('month') - 1 - back, 1)).toISOString().slice(0, 10);
}

/** The month's quota of a person, with what it begins with. */
export const monthFor = (env: Pick<Env, 'TIME_ZONE' | 'QUOTA_MONTHLY'>, userId: string, now: Date): QuotaMonth => ({
  userId, month: monthOf(now, env.TIME_ZONE), allowance: env.QUOTA_MONTHLY,
});

/** A Postgres date as JavaScript reads it: midnight UTC of that day. */
export const dateText = (date: Date): string => date.toISOString().slice(0, 10);
