/** What administrators and owners read. */
import { CodedError, normaliseTag, type CaseFilter, type casesInput, type CaseState, type ModerationCaseDto, type ModerationNoticeDto, type Page, type ReportReason, type TagRuleDto, type TagState } from '@style-license/shared';
import { Prisma, type ModerationCase } from '@style-license/db';
import type * as z from 'zod';
import { decodeListCursor, encodeListCursor, type Cursor } from '../../platform/cursor.ts';
import type { Reader } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { artistPersonOf, PERSON_SELECT } from '../accounts/index.ts';
import { imageUrls } from '../generations/index.ts';
import type { Subject } from './subjects.ts';

const WORDS_SHOWN = 5;
const TAGS_SHOWN = 50;

/** Open and decided ones by moderation_cases_state_opened_at_id_idx, appeals that wait by moderation_cases_appealed. */
export const casesSql = (filter: CaseFilter, after: Cursor | null, limit: number): Prisma.Sql => {
  const at = filter === 'appealed' ? Prisma.sql`c.appealed_at` : Prisma.sql`c.opened_at`;
  const where = { open: Prisma.sql`c.state = 'open'`, appealed: Prisma.sql`c.appeal IS NOT NULL AND c.appeal_outcome IS NULL`, decided: Prisma.sql`c.state <> 'open'` }[filter];
  return Prisma.sql`SELECT c.id, ${at} AS at FROM moderation_cases c WHERE ${where} ${after ? Prisma.sql`AND (${at}, c.id) < (${after.at.toISOString()}::timestamptz, ${after.id}::uuid)` : Prisma.empty} ORDER BY ${at} DESC, c.id DESC LIMIT ${limit}`;
};

export async function cases(deps: Deps, { filter, cursor, limit }: z.output<typeof casesInput>): Promise<Page<ModerationCaseDto>> {
  const list = `cases ${filter}`;
  const found = await deps.db.$queryRaw<{ id: string; at: Date }[]>(casesSql(filter, cursor ? decodeListCursor(list, cursor) : null, limit + 1));
  const shown = found.slice(0, limit);
  const ids = shown.map(({ id }) => id);
  const rows = new Map((await deps.db.moderationCase.findMany({ where: { id: { in: ids } } })).map((row) => [row.id, row]));
  const [reports, owners] = await Promise.all([
    deps.db.report.findMany({ where: { caseId: { in: ids } }, orderBy: { createdAt: 'desc' }, take: 500, select: { caseId: true, reason: true, words: true } }),
    deps.db.user.findMany({ where: { id: { in: [...rows.values()].map(({ ownerId }) => ownerId) } }, select: { id: true, ...PERSON_SELECT } }),
  ]);
  const ownerOf = new Map(owners.map((owner) => [owner.id, artistPersonOf(owner)]));
  const items = await Promise.all(ids.flatMap((id) => rows.get(id) ?? []).map(async (row): Promise<ModerationCaseDto> => {
    const own = reports.filter(({ caseId }) => caseId === row.id);
    const reasons = [...Map.groupBy(own, ({ reason }) => reason)].map(([reason, given]) => ({ reason: reason as ReportReason, count: given.length })).toSorted((a, b) => b.count - a.count);
    return {
      ...(await noticeDto(deps, row)), owner: ownerOf.get(row.ownerId)!, openedAt: row.openedAt.toISOString(), reportCount: row.reportCount,
      reasons, words: own.map(({ words }) => words).filter((words) => words !== '').slice(0, WORDS_SHOWN),
    };
  }));
  const last = shown.at(-1);
  const hasMore = found.length > limit;
  return { items, nextCursor: hasMore && last ? encodeListCursor(list, last) : null, hasMore };
}

async function noticeDto(deps: Deps, row: ModerationCase): Promise<ModerationNoticeDto> {
  return {
    caseId: row.id, subject: await subjectDto(deps, row), state: row.state as CaseState, reason: row.reason as ReportReason | null,
    note: row.note, decidedAt: row.decidedAt?.toISOString() ?? null,
    appeal: row.appeal === null ? null : { text: row.appeal, at: row.appealedAt!.toISOString(), outcome: row.appealOutcome as 'granted' | 'refused' | null, note: row.appealNote },
  };
}

const GENERATION_SELECT = { id: true, visibility: true, hiddenAt: true, originalKey: true, feedKey: true, thumbnailKey: true, styleId: true, style: { select: { title: true, titleKo: true } } } as const;

/** Administrators and its owner see what others do not. */
async function subjectDto(deps: Deps, row: ModerationCase): Promise<ModerationNoticeDto['subject']> {
  const base = { kind: row.subjectKind as Subject['kind'], id: row.subjectId, text: row.excerpt, textKo: null, imageUrl: null, generationId: null, styleId: null };
  if (base.kind === 'style') {
    const style = await deps.db.style.findUnique({ where: { id: row.subjectId }, select: { title: true, titleKo: true } });
    return { ...base, text: style?.title ?? row.excerpt, textKo: style?.titleKo ?? null, styleId: style ? row.subjectId : null };
  }
  const comment = base.kind === 'comment' ? await deps.db.comment.findUnique({ where: { id: row.subjectId }, select: { text: true, generationId: true } }) : null;
  const generation = await deps.db.generation.findUnique({ where: { id: comment?.generationId ?? row.subjectId }, select: GENERATION_SELECT });
  const imageUrl = generation ? (await imageUrls(deps, generation)).thumbnail : null;
  const text = base.kind === 'comment' ? (comment?.text ?? row.excerpt) : (generation?.style.title ?? '');
  const textKo = base.kind === 'comment' ? null : (generation?.style.titleKo ?? null);
  return { ...base, text, textKo, imageUrl, generationId: generation?.id ?? null, styleId: generation?.styleId ?? null };
}

/** @throws NOT_FOUND for anybody else's, and while nothing was decided against it */
export async function notice(deps: Deps, ownerId: string, caseId: string): Promise<ModerationNoticeDto> {
  const row = await deps.db.moderationCase.findUnique({ where: { id: caseId } });
  if (row?.ownerId !== ownerId || row.reason === null) throw new CodedError('NOT_FOUND');
  return await noticeDto(deps, row);
}

/** Why something of one's own is out of sight now; null when it is not. */
export async function noticeOf(deps: Deps, ownerId: string, { kind, id }: Subject): Promise<ModerationNoticeDto | null> {
  const row = await deps.db.moderationCase.findFirst({ where: { subjectKind: kind, subjectId: id, state: 'hidden', ownerId } });
  return row ? await noticeDto(deps, row) : null;
}

/** Tags with a rule; with words also those that begin so. */
export async function tagRules(db: Reader, text: string): Promise<{ items: TagRuleDto[] }> {
  const typed = normaliseTag(text);
  const rows = await db.$queryRaw<{ tag: string; state: string; artworks: number }[]>`
    SELECT coalesce(t.tag, r.tag) AS tag, coalesce(r.state, 'on') AS state, coalesce(t.artworks, 0) AS artworks
    FROM (SELECT tag, artworks FROM tag_counts WHERE ${typed} <> '' AND tag >= ${typed} AND tag < ${`${typed}\u{10FFFF}`} ORDER BY artworks DESC LIMIT ${TAGS_SHOWN}) t
    FULL JOIN (SELECT tag, state FROM tag_rules WHERE tag LIKE ${`${typed.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`} ORDER BY tag LIMIT ${TAGS_SHOWN}) r ON r.tag = t.tag
    ORDER BY state <> 'off', state <> 'flagged', artworks DESC, tag LIMIT ${TAGS_SHOWN}`;
  return { items: rows.map(({ tag, state, artworks }) => ({ tag, state: state as TagState, artworks })) };
}
