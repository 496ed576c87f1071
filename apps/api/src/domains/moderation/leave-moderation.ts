import type { LeaveStep } from '../../platform/leaving.ts';

/** What a person wrote in reports and appeals goes with them; that there was a case, and how it was decided, stays. */
export const leaveModeration: LeaveStep = {
  name: 'moderation',
  run: async (tx, _deps, { userId }) => {
    await tx.report.updateMany({ where: { reporterId: userId }, data: { words: '' } });
    await tx.moderationCase.updateMany({ where: { ownerId: userId }, data: { excerpt: '' } });
    await tx.moderationCase.updateMany({ where: { ownerId: userId, appeal: { not: null } }, data: { appeal: '–' } });
  },
};
