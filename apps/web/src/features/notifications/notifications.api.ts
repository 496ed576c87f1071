/** The only caller of the notifications' procedures. */
import type { NotificationDto, Page } from "@style-license/shared";
import { trpc } from "@/app/trpc.ts";

export const notificationsApi = {
  list: (cursor: string | null): Promise<Page<NotificationDto>> => trpc.notifications.list.query({ cursor }),
  markRead: (notificationId: string): Promise<{ unread: number }> => trpc.notifications.markRead.mutate({ notificationId }),
  markAllRead: (upTo: string): Promise<{ unread: number }> => trpc.notifications.markAllRead.mutate({ upTo }),
};
