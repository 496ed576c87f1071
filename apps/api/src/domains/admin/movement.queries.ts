import type { MovementDto } from '@style-license/shared';
import type { Reader } from '../../platform/database.ts';
import { movement } from '../ledger/index.ts';

/** The receipt of a line of anybody's history, with the administrator whose act it was. @throws NOT_FOUND */
export async function userMovement(db: Reader, { userId, entryId }: { userId: string; entryId: string }): Promise<MovementDto> {
  const told = await movement(db, userId, entryId);
  if (told.by !== 'administrator') return told;
  // A person's acts are few: admin_acts_subject_kind_subject_id_created_at_id_idx.
  const act = await db.adminAct.findFirst({ where: { subjectKind: 'user', subjectId: userId, details: { path: ['receipt'], equals: told.number } }, select: { actorId: true } });
  const actor = act?.actorId ? await db.user.findUnique({ where: { id: act.actorId }, select: { username: true } }) : null;
  return { ...told, byName: actor?.username ?? null };
}
