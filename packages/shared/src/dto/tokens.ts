import * as z from 'zod';
import { uuid } from '../ids.ts';
import { pageInput, time, tokens, url } from './common.ts';

export const balanceDto = z.object({
  /** bonus + bought */
  available: tokens,
  bonus: tokens, bought: tokens, held: tokens,
  spentThisMonth: tokens, toArtistsThisMonth: tokens,
  /** Earned as an artist, not spendable; bonus-funded apart from bought. */
  earnedBought: tokens, earnedBonus: tokens,
});
export type BalanceDto = z.infer<typeof balanceDto>;

export const HISTORY_FILTERS = ['all', 'purchase', 'usage'] as const;
export const historyInput = pageInput.extend({ filter: z.enum(HISTORY_FILTERS).default('all') });
export const POSTING_KINDS = ['welcome_bonus', 'purchase', 'grant', 'take_back', 'job', 'spend', 'spend_refund'] as const;

/** One line of the history: a credit, or one job with all that was held, paid and refunded for it. */
export const historyEntryDto = z.object({
  id: z.string(),
  kind: z.enum(POSTING_KINDS),
  at: time,
  /** + into the wallet, − out of it, so far; what is still on hold is in `held`. */
  tokens: z.int(),
  held: tokens,
  /** Of a job: what came back. */
  refunded: tokens,
  /** Of a purchase: what paid a debt. */
  repaid: tokens,
  /** Of what was taken back: what had been spent, a debt from then on. */
  owed: tokens,
  /** Available tokens after it. */
  balanceAfter: tokens,
  memo: z.string(),
  jobId: uuid.nullable(),
  jobKind: z.string().nullable(),
  jobState: z.string().nullable(),
  styleTitle: z.string().nullable(),
  count: z.int().nullable(),
  numbers: z.array(z.int()),
  reason: z.string().nullable(),
  imageUrl: url.nullable(),
  imageRatio: z.string().nullable(),
  receiptNumber: z.string(),
});
export type HistoryEntryDto = z.infer<typeof historyEntryDto>;

/** The receipt of a line without a job: what came into the wallet or left it, why, and by whom. */
export const MOVED_BY = ['platform', 'owner', 'administrator', 'provider'] as const;
export const movementInput = z.object({ entryId: z.string().regex(/^\d{1,18}$/) });
export const movementDto = z.object({
  entryId: z.string(), number: z.string(), kind: z.enum(POSTING_KINDS).exclude(['job']), at: time, memo: z.string(),
  /** + into the wallet, − out of it; together the line's tokens. */
  bonus: z.int(), bought: z.int(), tokens: z.int(), balanceAfter: tokens,
  /** Of a purchase, what paid a debt; of a take-back, what became one. Neither was in the wallet. */
  repaid: tokens, owed: tokens,
  by: z.enum(MOVED_BY),
  /** Which administrator; told to administrators only. */
  byName: z.string().nullable(),
  /** The purchase that it belongs to, which has a receipt of its own. */
  orderId: uuid.nullable(),
});
export type MovementDto = z.infer<typeof movementDto>;

export const EARNINGS_DAYS = [30, 90, 365] as const;
export const earningsInput = z.object({ days: z.union([z.literal(30), z.literal(90), z.literal(365)]).default(30) });
const earned = {
  /** What others paid, and for how many images. */
  images: z.int().nonnegative(), bonus: tokens, bought: tokens,
  /** The artist's own use of the style: it pays, and does not count as popularity. */
  ownImages: z.int().nonnegative(), ownBonus: tokens, ownBought: tokens,
};
/** Days are counted in the server's TIME_ZONE, an IANA name; one without earnings is not listed. */
export const earningsDto = z.object({
  from: z.iso.date(), to: z.iso.date(), timeZone: z.string(),
  styles: z.array(z.object({ id: uuid, title: z.string(), titleKo: z.string().nullable() })),
  days: z.array(z.object({ day: z.iso.date(), styleId: uuid.nullable(), ...earned })),
  total: z.object(earned),
});
export type EarningsDto = z.infer<typeof earningsDto>;
