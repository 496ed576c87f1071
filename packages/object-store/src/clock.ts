/** Passed in by tests; everything here reads the time through it. */
export type Now = () => Date;
export const systemNow: Now = () => new Date();

const HOUR_MS = 3_600_000;
const LINK_HOURS = 2;

/** Start of the hour: a link signed with it is the same text for everyone within that hour, so browsers cache what it gives. */
export const startOfHour = (now: Date): Date => new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS);

/** When a download link dies: after the next full hour, never past `notAfter`; whole seconds, rounded down. */
export function linkExpiry(now: Date, notAfter: Date | undefined): Date {
  const regular = startOfHour(now).getTime() + LINK_HOURS * HOUR_MS;
  const end = notAfter === undefined ? regular : Math.min(regular, notAfter.getTime());
  return new Date(Math.floor(end / 1000) * 1000);
}
