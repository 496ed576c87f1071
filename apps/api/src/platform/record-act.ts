import type { AdminActName, AdminSubject } from '@style-license/shared';
import type { Prisma } from '@style-license/db';
import type { Tx } from './database.ts';

export interface NewAct {
  /** Null: a command on the server. */
  actorId: string | null;
  act: AdminActName;
  subject: { kind: AdminSubject; id: string };
  reason: string;
  /** Ids and figures; nothing personal, since these rows are never deleted. */
  details?: Prisma.InputJsonObject;
}

/** Writes an administrator's act into the audit log, in the transaction that does it: what is not logged did not happen. */
export async function recordAct(tx: Tx, { actorId, act, subject, reason, details = {} }: NewAct): Promise<void> {
  await tx.adminAct.create({ data: { actorId, act, subjectKind: subject.kind, subjectId: subject.id, reason, details } });
}
