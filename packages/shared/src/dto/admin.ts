import * as z from 'zod';
import { pageInput, time } from './common.ts';
import { uuid } from '../ids.ts';

/** Every act that the audit log knows. A new one gets its words in `admin.act.<act>` of both locales (a test compares). */
export const ADMIN_ACTS = ['grant_admin', 'revoke_admin', 'grant_tokens', 'take_back_tokens', 'check_ledger'] as const;
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
