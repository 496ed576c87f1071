import type { NotificationKind } from '@style-license/shared';
import type { Prisma } from '@style-license/db';
import type { Tx } from './database.ts';
import type { RaisedEvent } from './events.ts';

export interface NewNotification {
  userId: string;
  kind: NotificationKind;
  /** Names the event: one notification per event and person, however often it is told. */
  key: string;
  /** Whose act it was; the notification goes when they go. None is written for one's own act. */
  actorId?: string;
  payload: Prisma.InputJsonObject;
  createdAt: Date;
}

/** Writes it once; gives the event to raise at the transaction's end, none when it was there. */
export async function addNotification(tx: Tx, notification: NewNotification): Promise<RaisedEvent[]> {
  if (notification.actorId === notification.userId) return [];
  const [added] = await tx.notification.createManyAndReturn({ data: [notification], skipDuplicates: true, select: { id: true } });
  return added ? [{ userId: notification.userId, event: { type: 'notification', notificationId: added.id } }] : [];
}
