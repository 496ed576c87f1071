/** What administrators see of AI text quota. */
import type { Page, QuotaOverviewDto, QuotaUserDto } from '@style-license/shared';
import * as z from 'zod';
import { decodeParts, encodeParts } from '../../platform/cursor.ts';
import type { Deps } from '../../platform/deps.ts';
import { percentUsed } from './quota.queries.ts';
import { monthOf } from './quota-month.ts';
import { daysSql, failureReasonsSql, overviewSql, usersSql, type UserRow } from './quota.sql.ts';

type Needs = Pick<Deps, 'db' | 'env' | 'clock' | 'languageModel'>;
const TREND_DAYS = 30;
const DAY_MS = 86_400_000;
const cursorParts = z.tuple([z.string().regex(/^\d{1,18}$/), z.uuid()]);

/** This month, over everybody. */
export async function quotaOverview({ db, env, clock, languageModel }: Needs): Promise<QuotaOverviewDto> {
  const now = clock.now();
  const month = monthOf(now, env.TIME_ZONE);
  const [row, reasons, days] = await Promise.all([
    overviewSql(db, month, env.TIME_ZONE, env.QUOTA_WARNING_PERCENT), failureReasonsSql(db, month, env.TIME_ZONE), daysSql(db, now, env.TIME_ZONE, TREND_DAYS),
  ]);
  return {
    month, model: languageModel?.name ?? null, people: Number(row.people), allocated: Number(row.allocated), used: Number(row.used), purchased: Number(row.purchased),
    exceeded: Number(row.exceeded), nearEnd: Number(row.near_end), served: Number(row.served), failed: Number(row.failed), refused: Number(row.refused), medianMs: row.median_ms, p95Ms: row.p95_ms,
    reasons, days: days.map(({ day, used, served, failed, refused }) => ({ day, used: Number(used), served: Number(served), failed: Number(failed), refused: Number(refused) })),
  };
}

/** This month's people, who used most first. */
export async function quotaUsers({ db, env, clock }: Needs, input: { cursor?: string | null | undefined; limit: number }): Promise<Page<QuotaUserDto>> {
  const now = clock.now();
  const month = monthOf(now, env.TIME_ZONE);
  const [used, userId] = input.cursor ? decodeParts(input.cursor, cursorParts) : [null, null];
  const rows = await usersSql(db, month, used !== null ? { used: BigInt(used), userId } : null, input.limit + 1);
  const shown = rows.slice(0, input.limit);
  const last = shown.at(-1);
  const hasMore = rows.length > input.limit;
  return { items: shown.map((row) => userDto(row, now, month, env.TIME_ZONE)), nextCursor: hasMore && last ? encodeParts([String(last.used), last.user_id]) : null, hasMore };
}

function userDto(row: UserRow, now: Date, month: string, timeZone: string): QuotaUserDto {
  const [allocated, used, remaining] = [Number(row.allocated), Number(row.used), Number(row.remaining)];
  return {
    userId: row.user_id, username: row.username, name: row.name, allocated, used, remaining, reserved: Number(row.reserved), purchased: Number(row.purchased), percent: percentUsed(used, allocated),
    served: Number(row.served), failed: Number(row.failed), refused: Number(row.refused), medianMs: row.median_ms, runsOutOn: runsOutOn({ used, remaining }, now, month, timeZone),
  };
}

/** The day on which the rest would be gone at this month's pace; null when it lasts the month, or nothing was used. */
export function runsOutOn({ used, remaining }: { used: number; remaining: number }, now: Date, month: string, timeZone: string): string | null {
  const dayOf = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  if (remaining === 0) return dayOf.format(now);
  const day = Number(dayOf.format(now).slice(8));
  if (used === 0) return null;
  const daysLeft = remaining / (used / day);
  const then = dayOf.format(new Date(now.getTime() + daysLeft * DAY_MS));
  return then.slice(0, 7) === month.slice(0, 7) ? then : null;
}
