import * as z from 'zod';
import { uuid } from '../ids.ts';
import { page, pageInput, personDto, time, url } from './common.ts';

export const REPORT_SUBJECTS = ['generation', 'comment', 'style'] as const;
export type ReportSubject = (typeof REPORT_SUBJECTS)[number];
/** What an owner is told of a case, each an event of its own. */
export const MODERATION_STEPS = ['hidden', 'restored', 'appeal_granted', 'appeal_refused'] as const;
export type ModerationStep = (typeof MODERATION_STEPS)[number];
/** Why something is reported, or taken out of sight; words in `moderation.reason.<reason>`. */
export const REPORT_REASONS = ['copied', 'person', 'minors', 'sexual', 'violence', 'hate', 'harassment', 'spam', 'other'] as const;
export type ReportReason = (typeof REPORT_REASONS)[number];
export const REPORT_WORDS_MAX_CHARS = 1_000;

const words = z.string().trim().max(REPORT_WORDS_MAX_CHARS);
export const reportSubject = z.object({ kind: z.enum(REPORT_SUBJECTS), id: uuid });
export const reportInput = z.object({ subject: reportSubject, reason: z.enum(REPORT_REASONS), words: words.default('') });
/** `already`: this person had reported it; it counts once. */
export const reportedDto = z.object({ already: z.boolean() });

export const CASE_STATES = ['open', 'dismissed', 'hidden', 'restored'] as const;
export type CaseState = (typeof CASE_STATES)[number];
const appealDto = z.object({ text: z.string(), at: time, outcome: z.enum(['granted', 'refused']).nullable(), note: z.string() });
const subjectDto = z.object({
  kind: z.enum(REPORT_SUBJECTS), id: uuid,
  /** A style's title, a comment's words, an image's style. Empty when it is gone. */
  text: z.string(), /** The same in Korean, of a style whose artist named it so. */ textKo: z.string().nullable(), imageUrl: url.nullable(), generationId: uuid.nullable(), styleId: uuid.nullable(),
});

/** What an owner is told. */
export const moderationNoticeDto = z.object({
  caseId: uuid, subject: subjectDto, state: z.enum(CASE_STATES), reason: z.enum(REPORT_REASONS).nullable(), note: z.string(), decidedAt: time.nullable(), appeal: appealDto.nullable(),
});
export type ModerationNoticeDto = z.infer<typeof moderationNoticeDto>;
export const appealInput = z.object({ caseId: uuid, text: words.min(1) });

export const CASE_FILTERS = ['open', 'appealed', 'decided'] as const;
export type CaseFilter = (typeof CASE_FILTERS)[number];
export const casesInput = pageInput.extend({ filter: z.enum(CASE_FILTERS).default('open') });
export const moderationCaseDto = moderationNoticeDto.extend({
  owner: personDto, openedAt: time, reportCount: z.int(),
  /** The reasons of its reports, the most given first, and what some said. */
  reasons: z.array(z.object({ reason: z.enum(REPORT_REASONS), count: z.int() })), words: z.array(z.string()),
});
export type ModerationCaseDto = z.infer<typeof moderationCaseDto>;
export const moderationCasePage = page(moderationCaseDto);

/** What an administrator writes is kept in the audit log and, for what is hidden, told to its owner. */
const note = z.string().trim().min(3).max(500);
export const hideInput = z.object({ caseId: uuid, reason: z.enum(REPORT_REASONS), note });
export const dismissInput = z.object({ caseId: uuid, note });
export const restoreInput = dismissInput;
export const decideAppealInput = z.object({ caseId: uuid, outcome: z.enum(['granted', 'refused']), note });

export const TAG_STATES = ['on', 'flagged', 'off'] as const;
export type TagState = (typeof TAG_STATES)[number];
export const tagRulesInput = z.object({ text: z.string().max(60).default('') });
export const tagRuleDto = z.object({ tag: z.string(), state: z.enum(TAG_STATES), artworks: z.int() });
export type TagRuleDto = z.infer<typeof tagRuleDto>;
export const setTagInput = z.object({ tag: z.string().max(60), state: z.enum(TAG_STATES), note });
