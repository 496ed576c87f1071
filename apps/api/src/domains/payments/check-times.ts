/** When a payment is asked after: often at first, then ever more rarely. */
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const OPEN_MS = [15 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS, 20 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS, 3 * DAY_MS, 7 * DAY_MS, 14 * DAY_MS];
/** Money can go back without anyone asking us: webhooks tell, and here we look when they do not. */
const PAID_MS = [DAY_MS, 7 * DAY_MS, 30 * DAY_MS, 90 * DAY_MS];

/** Begun and never heard of again for so long: the buyer has left. What comes after all is still credited. */
export const ABANDONED_MS = HOUR_MS;

const nextOf = (delays: readonly number[], since: Date, now: Date): Date | null => {
  const delay = delays.find((ms) => since.getTime() + ms > now.getTime());
  return delay === undefined ? null : new Date(since.getTime() + delay);
};
export const nextOpenCheck = (startedAt: Date, now: Date): Date | null => nextOf(OPEN_MS, startedAt, now);
export const nextPaidCheck = (paidAt: Date, now: Date): Date | null => nextOf(PAID_MS, paidAt, now);
