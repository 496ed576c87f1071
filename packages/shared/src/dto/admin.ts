import * as z from 'zod';
import { uuid } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import { pageInput, time, tokens } from './common.ts';
import { balanceDto, historyInput } from './tokens.ts';

/** Every act that the audit log knows. A new one gets its words in `admin.act.<act>` of both locales (a test compares). */
export const ADMIN_ACTS = ['grant_admin', 'revoke_admin', 'grant_tokens', 'take_back_tokens', 'check_ledger', 'refund_payment', 'grant_quota', 'refund_quota',
  'hide', 'suspend_style', 'restore', 'dismiss_reports', 'grant_appeal', 'refuse_appeal', 'flag_tag', 'switch_tag_off', 'switch_tag_on'] as const;
export type AdminActName = (typeof ADMIN_ACTS)[number];

/** What an act can be about; words in `admin.subject.<kind>`. */
export const ADMIN_SUBJECTS = ['user', 'ledger', 'style', 'generation', 'comment', 'report', 'tag', 'payment'] as const;
export type AdminSubject = (typeof ADMIN_SUBJECTS)[number];

/** Why an administrator does something; whoever it concerns may be shown it. */
export const adminReason = z.string().trim().min(3).max(500);

export const adminActsInput = pageInput.extend({
  subject: z.object({ kind: z.enum(ADMIN_SUBJECTS), id: z.string().max(100) }).nullish(),
});

export const adminActDto = z.object({
  id: z.string(),
  /** A string, since old acts stay when their name is no longer given. */
  act: z.string(),
  at: time,
  /** Null: by a command on the server. */
  actor: z.object({ id: uuid, username: z.string(), name: z.string() }).nullable(),
  subject: z.object({ kind: z.string(), id: z.string(), /** How people know it, where they do. */ label: z.string().nullable() }),
  reason: z.string(),
  details: z.record(z.string(), z.unknown()),
});
export type AdminActDto = z.infer<typeof adminActDto>;

export const adminUsersInput = pageInput.extend({
  /** Part of an address, username or name (two letters at least), or a whole id; nothing: the newest. */
  q: z.string().trim().max(100).default(''),
});
export const adminUserDto = z.object({
  id: uuid, username: z.string(), name: z.string(), email: z.string().nullable(), role: z.enum(['user', 'admin']), state: z.enum(['active', 'deactivated', 'left']),
  isArtist: z.boolean(), joinedAt: time, available: tokens, held: tokens,
});
export type AdminUserDto = z.infer<typeof adminUserDto>;

export const adminUserDetailDto = adminUserDto.extend({
  emailVerified: z.boolean(), imageUrl: z.string().nullable(), artistName: z.string().nullable(),
  balance: balanceDto,
  /** Refunded in money, but spent before; the next purchase pays it first. */
  owed: tokens,
  /** Orders whose tokens are on hold now, oldest first. */
  holds: z.array(z.object({ jobId: uuid, kind: z.string(), state: z.string(), number: z.string(), tokens, heldAt: time, styleTitle: z.string().nullable() })),
});
export type AdminUserDetailDto = z.infer<typeof adminUserDetailDto>;

export const adminHistoryInput = historyInput.extend({ userId: uuid });

/** `requestId` is made by the page before it asks: the same one again is the same act. */
export const moveTokensInput = z.object({ userId: uuid, direction: z.enum(['give', 'take']), tokens: z.int().min(1).max(LIMITS.grantMaxTokens), reason: adminReason, requestId: uuid });
export const moveTokensDto = z.object({ moved: tokens, availableAfter: tokens });

export const moneyInput = z.object({ days: z.union([z.literal(30), z.literal(90), z.literal(365)]).default(30) });
export const moneyDto = z.object({
  from: z.iso.date(), to: z.iso.date(), timeZone: z.string(), currency: z.string(),
  /** In the currency's smallest unit; `refunded` is of what was paid on that day. Tokens: credited by purchase, given, spent for artists and for the platform. */
  days: z.array(z.object({ day: z.iso.date(), paid: z.int(), refunded: z.int(), purchases: z.int(), bought: z.int(), given: z.int(), toArtists: z.int(), toPlatform: z.int() })),
  /** Whose tokens all those are that were ever given out and not taken back. */
  now: z.object({ bonus: tokens, bought: tokens, held: tokens, earnedBonus: tokens, earnedBought: tokens, platform: tokens, owed: tokens, issued: z.int() }),
});
export type MoneyDto = z.infer<typeof moneyDto>;

export const ledgerFaultDto = z.object({ id: z.string(), fault: z.string(), subject: z.string(), expected: z.int(), actual: z.int(), firstSeenAt: time, lastSeenAt: time });
export const ledgerCheckDto = z.object({
  id: z.string(), at: time, kind: z.enum(['quick', 'full']), ok: z.boolean(), entries: z.int(), tookMs: z.int(), askedBy: z.string().nullable(),
  faults: z.array(z.object({ fault: z.string(), subject: z.string(), expected: z.int(), actual: z.int() })),
});
export type LedgerCheckDto = z.infer<typeof ledgerCheckDto>;
export const ledgerStateDto = z.object({
  /** Faults that are there now. */
  faults: z.array(ledgerFaultDto),
  lastCheckAt: time.nullable(), lastFullAt: time.nullable(),
  /** No check for longer than three of its intervals: nobody is watching. */
  isStale: z.boolean(),
});
export type LedgerStateDto = z.infer<typeof ledgerStateDto>;
