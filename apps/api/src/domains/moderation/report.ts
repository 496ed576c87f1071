import { CodedError, type reportInput } from '@style-license/shared';
import type * as z from 'zod';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { stripHtml } from '../generations/index.ts';
import { lockSubject } from './subjects.ts';

/**
 * Reports what one sees. All reports of a subject meet in its one open case, and each person counts once in it.
 * @throws NOT_FOUND for what this person cannot see, REPORT_OWN
 */
export async function report(deps: Deps, reporterId: string, { subject, reason, words }: z.output<typeof reportInput>): Promise<{ already: boolean }> {
  return await transaction(deps.db, async (tx) => {
    // Its lock lets one report after the other look for the open case.
    const found = await lockSubject(tx, subject);
    if (found.ownerId === reporterId) throw new CodedError('REPORT_OWN');
    if (!found.isShown) throw new CodedError('NOT_FOUND');
    const now = deps.clock.now();
    const where = { subjectKind: subject.kind, subjectId: subject.id };
    const open = (await tx.moderationCase.findFirst({ where: { ...where, state: 'open' } }))
      ?? (await tx.moderationCase.create({ data: { ...where, ownerId: found.ownerId, openedAt: now } }));
    const { count } = await tx.report.createMany({ data: [{ caseId: open.id, reporterId, reason, words: stripHtml(words), createdAt: now }], skipDuplicates: true });
    if (count > 0) await tx.moderationCase.update({ where: { id: open.id }, data: { reportCount: { increment: 1 } } });
    return { already: count === 0 };
  });
}
