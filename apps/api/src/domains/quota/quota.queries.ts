import type { Page, QuotaDto, QuotaHistoryDto, QuotaPurchaseDto } from '@style-license/shared';
import { decodeCursor, encodeCursor } from '../../platform/cursor.ts';
import type { Deps } from '../../platform/deps.ts';
import { purchaseDto } from './purchase-row.ts';
import { dateText, monthOf } from './quota-month.ts';
import { monthsSql, purchasesSql, type MonthRow } from './quota.sql.ts';

type Needs = Pick<Deps, 'db' | 'env' | 'clock' | 'languageModel'>;

const PERCENT = 100;
/** Used of allocated, 0–100, one decimal. */
export const percentUsed = (used: number, allocated: number): number => (allocated === 0 ? PERCENT : Math.min(PERCENT, Math.round((used * PERCENT * 10) / allocated) / 10));

const figuresOf = (row: Pick<MonthRow, 'allocated' | 'used' | 'remaining' | 'reserved' | 'purchased'>) => ({
  allocated: Number(row.allocated), used: Number(row.used), remaining: Number(row.remaining), reserved: Number(row.reserved), purchased: Number(row.purchased),
});

/** This month's quota; before its first use, what it will begin with. */
export async function currentQuota({ db, env, clock, languageModel }: Needs, userId: string): Promise<QuotaDto> {
  const month = monthOf(clock.now(), env.TIME_ZONE);
  const row = await db.quota.findUnique({ where: { userId_month: { userId, month: new Date(month) } } });
  const figures = row ? figuresOf(row) : { allocated: env.QUOTA_MONTHLY, used: 0, remaining: env.QUOTA_MONTHLY, reserved: 0, purchased: 0 };
  const { used, allocated, remaining, reserved } = figures;
  const warning = used * PERCENT >= allocated * env.QUOTA_WARNING_PERCENT;
  return {
    month, ...figures, free: remaining - reserved, percent: percentUsed(used, allocated), warningPercent: env.QUOTA_WARNING_PERCENT,
    state: remaining === 0 ? 'exceeded' : warning ? 'warning' : 'fine', untouched: used === 0 && reserved === 0 && figures.allocated === env.QUOTA_MONTHLY,
    max: env.QUOTA_MAX, model: languageModel?.name ?? null,
  };
}

/** The last `months` months, this one among them. The average counts the months that were opened. */
export async function quotaHistory({ db, env, clock }: Needs, userId: string, months: number): Promise<QuotaHistoryDto> {
  const rows = await monthsSql(db, userId, monthOf(clock.now(), env.TIME_ZONE, months - 1));
  const items = rows.map((row) => ({ month: dateText(row.month), ...figuresOf(row), calls: Number(row.calls), refused: Number(row.refused) }));
  const sum = (pick: 'allocated' | 'used' | 'purchased'): number => items.reduce((total, item) => total + item[pick], 0);
  return {
    items,
    summary: { months: items.length, allocated: sum('allocated'), used: sum('used'), purchased: sum('purchased'), averageUsed: items.length === 0 ? 0 : Math.round(sum('used') / items.length) },
  };
}

/** A person's purchases, gifts and refunds, newest first. */
export async function quotaPurchases({ db }: Pick<Deps, 'db'>, userId: string, input: { cursor?: string | null | undefined; limit: number }): Promise<Page<QuotaPurchaseDto>> {
  const after = input.cursor ? decodeCursor(input.cursor) : null;
  const rows = await purchasesSql(db, userId, after, input.limit + 1);
  const shown = rows.slice(0, input.limit);
  const last = shown.at(-1);
  const hasMore = rows.length > input.limit;
  return { items: shown.map(purchaseDto), nextCursor: hasMore && last ? encodeCursor({ at: last.createdAt, id: last.id }) : null, hasMore };
}

/** One purchase as its owner sees it. */
export async function ownPurchase({ db }: Pick<Deps, 'db'>, purchaseId: string): Promise<QuotaPurchaseDto> {
  return purchaseDto(await db.quotaPurchase.findUniqueOrThrow({ where: { id: purchaseId } }));
}
