import { CodedError } from '@style-license/shared';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';

/** Gives how many are left unread. Read already: nothing changes. @throws NOT_FOUND for anybody else's */
export async function markRead(deps: Deps, userId: string, notificationId: string): Promise<number> {
  return await transaction(deps.db, async (tx) => {
    const { count } = await tx.notification.updateMany({ where: { id: notificationId, userId, readAt: null }, data: { readAt: deps.clock.now() } });
    if (count === 0 && !(await tx.notification.findFirst({ where: { id: notificationId, userId }, select: { id: true } }))) throw new CodedError('NOT_FOUND');
    const unread = await unreadOf(tx, userId);
    if (count > 0) await raiseEvents(tx, [{ userId, event: { type: 'notification', notificationId } }]);
    return unread;
  });
}

/** All that the page showed: what came after `upTo` was not seen. notifications_unread. */
export async function markAllRead(deps: Deps, userId: string, upTo: Date): Promise<number> {
  return await transaction(deps.db, async (tx) => {
    const marked = await tx.$queryRaw<{ id: string }[]>`
      UPDATE notifications SET read_at = ${deps.clock.now().toISOString()}::timestamptz
      WHERE user_id = ${userId}::uuid AND read_at IS NULL AND created_at <= ${upTo.toISOString()}::timestamptz RETURNING id`;
    const unread = await unreadOf(tx, userId);
    const [one] = marked;
    if (one) await raiseEvents(tx, [{ userId, event: { type: 'notification', notificationId: one.id } }]);
    return unread;
  });
}

const unreadOf = async (tx: Tx, userId: string): Promise<number> => await tx.notification.count({ where: { userId, readAt: null } });
