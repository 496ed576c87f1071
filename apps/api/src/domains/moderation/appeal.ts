import { CodedError, type appealInput } from '@style-license/shared';
import type * as z from 'zod';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { stripHtml } from '../generations/index.ts';

/** The owner's word against it, once. @throws NOT_FOUND for anybody else's, APPEAL_USED, CASE_DECIDED when nothing is hidden, BAD_REQUEST for nothing said */
export async function appeal(deps: Deps, ownerId: string, { caseId, text }: z.output<typeof appealInput>): Promise<void> {
  const said = stripHtml(text).trim();
  if (said === '') throw new CodedError('BAD_REQUEST', { fields: ['text'] });
  await transaction(deps.db, async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM moderation_cases WHERE id = ${caseId}::uuid FOR UPDATE`;
    const row = await tx.moderationCase.findUnique({ where: { id: caseId } });
    if (row?.ownerId !== ownerId || row.reason === null) throw new CodedError('NOT_FOUND');
    if (row.appeal !== null) throw new CodedError('APPEAL_USED');
    if (row.state !== 'hidden') throw new CodedError('CASE_DECIDED');
    await tx.moderationCase.update({ where: { id: caseId }, data: { appeal: said, appealedAt: deps.clock.now() } });
  });
}
