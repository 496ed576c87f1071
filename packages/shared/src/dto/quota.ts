/**
 * AI text quota: a person's monthly allowance of language-model tokens. They are called *text tokens* wherever they could be taken for
 * the tokens that people pay with.
 */
import * as z from 'zod';
import { uuid } from '../ids.ts';
import { page, pageInput, time, tokens } from './common.ts';

/** What calls a language model. */
export const QUOTA_FEATURES = ['prompt_assistant', 'portrait_report', 'video_script', 'transcription'] as const;
export type QuotaFeature = (typeof QUOTA_FEATURES)[number];
export const QUOTA_PURCHASE_KINDS = ['purchase', 'bonus', 'refund'] as const;
export const QUOTA_PURCHASE_STATUSES = ['pending', 'completed', 'failed', 'refunded'] as const;
export const QUOTA_CURRENCIES = ['KRW', 'USD', 'EUR', 'JPY'] as const;
export type QuotaCurrency = (typeof QUOTA_CURRENCIES)[number];

export interface QuotaPack { id: string; textTokens: number; /** Its price in tokens … */ tokens: number; /** … or in money, VAT included. */ krw: number }
/** What can be bought; the client sends only an id. */
export const QUOTA_PACKS = [
  { id: 'text_10k', textTokens: 10_000, tokens: 10, krw: 1_000 },
  { id: 'text_20k', textTokens: 20_000, tokens: 18, krw: 1_800 },
  { id: 'text_40k', textTokens: 40_000, tokens: 32, krw: 3_200 },
] as const satisfies readonly QuotaPack[];
export type QuotaPackId = (typeof QUOTA_PACKS)[number]['id'];
export const QUOTA_PACK_IDS = QUOTA_PACKS.map(({ id }) => id);

/** The first day of a month as it is counted in TIME_ZONE. */
const month = z.iso.date();

const figures = {
  allocated: tokens, used: tokens,
  /** allocated − used; what calls under way have set aside is part of it. */
  remaining: tokens,
  reserved: tokens, purchased: tokens,
};
export const quotaDto = z.object({
  month, ...figures,
  /** What a call can have now: remaining − reserved. */
  free: tokens,
  /** Share used, 0–100. */
  percent: z.number().min(0).max(100),
  /** From this share on the page warns. */
  warningPercent: z.int(),
  state: z.enum(['fine', 'warning', 'exceeded']),
  /** Nothing was used or bought this month. */
  untouched: z.boolean(),
  /** Up to this a month can be raised by buying. */
  max: tokens,
  /** Language model that answers, by name; null: none is set, and nothing costs quota. */
  model: z.string().nullable(),
});
export type QuotaDto = z.infer<typeof quotaDto>;

export const QUOTA_HISTORY_MONTHS = 3;
export const quotaHistoryInput = z.object({ months: z.int().min(1).max(24).default(QUOTA_HISTORY_MONTHS) });
export const quotaMonthDto = z.object({ month, ...figures, calls: z.int(), refused: z.int() });
export const quotaHistoryDto = z.object({
  /** Newest first; months in which nothing was opened are left out. */
  items: z.array(quotaMonthDto),
  summary: z.object({ months: z.int(), allocated: tokens, used: tokens, purchased: tokens, averageUsed: tokens }),
});
export type QuotaHistoryDto = z.infer<typeof quotaHistoryDto>;

export const quotaPurchaseDto = z.object({
  id: uuid, month, kind: z.enum(QUOTA_PURCHASE_KINDS), status: z.enum(QUOTA_PURCHASE_STATUSES),
  packId: z.string().nullable(), textTokens: tokens, method: z.string(), amount: z.number().nullable(), currency: z.enum(QUOTA_CURRENCIES).nullable(),
  transactionId: z.string().nullable(), reason: z.string(), createdAt: time, processedAt: time.nullable(),
});
export type QuotaPurchaseDto = z.infer<typeof quotaPurchaseDto>;
export const quotaPurchasesInput = pageInput;
export const quotaPurchasePage = page(quotaPurchaseDto);

export const buyQuotaInput = z.object({ purchaseId: uuid, packId: z.enum(QUOTA_PACK_IDS) });
export const boughtQuotaDto = z.object({ purchase: quotaPurchaseDto, quota: quotaDto });

// administrators
const reason = z.string().trim().min(3).max(500);
export const grantQuotaInput = z.object({ purchaseId: uuid, userId: uuid, textTokens: z.int().min(1).max(10_000_000), reason });
export const refundQuotaInput = z.object({ refundId: uuid, purchaseId: uuid, reason });
export const quotaUsersInput = pageInput;
export const quotaUserDto = z.object({
  userId: uuid, username: z.string(), name: z.string(), ...figures, percent: z.number(),
  served: z.int(), failed: z.int(), refused: z.int(), medianMs: z.int().nullable(),
  /** The day on which it would be used up at this month's pace; null: not within the month. */
  runsOutOn: z.iso.date().nullable(),
});
export type QuotaUserDto = z.infer<typeof quotaUserDto>;
export const quotaUserPage = page(quotaUserDto);
export const quotaOverviewDto = z.object({
  month, model: z.string().nullable(), people: z.int(), allocated: tokens, used: tokens, purchased: tokens, exceeded: z.int(), nearEnd: z.int(),
  served: z.int(), failed: z.int(), refused: z.int(), medianMs: z.int().nullable(), p95Ms: z.int().nullable(),
  reasons: z.array(z.object({ reason: z.string(), count: z.int() })),
  /** Day by day, oldest first, the last thirty. */
  days: z.array(z.object({ day: z.iso.date(), used: tokens, served: z.int(), failed: z.int(), refused: z.int() })),
});
export type QuotaOverviewDto = z.infer<typeof quotaOverviewDto>;
