import { Prisma } from '@style-license/db';
import type { Cursor } from '../../platform/cursor.ts';

export interface NotificationRow { id: string; kind: string; actor_id: string | null; payload: Prisma.JsonObject; created_at: Date; read_at: Date | null }

/** A person's notifications, the newest first: notifications_user_id_created_at_id_idx. */
export const notificationsQuery = (userId: string, cursor: Cursor | null, limit: number): Prisma.Sql => Prisma.sql`
  SELECT n.id, n.kind, n.actor_id, n.payload, n.created_at, n.read_at FROM notifications n
  WHERE n.user_id = ${userId}::uuid ${cursor ? Prisma.sql`AND (n.created_at, n.id) < (${cursor.at.toISOString()}::timestamptz, ${cursor.id}::uuid)` : Prisma.empty}
  ORDER BY n.created_at DESC, n.id DESC LIMIT ${limit}`;
