import { notificationPage, pageInput, time, unreadDto, uuid } from '@style-license/shared';
import * as z from 'zod';
import { router, signedInProcedure } from '../../trpc/procedure.ts';
import { markAllRead, markRead } from './mark-read.ts';
import { listNotifications } from './notifications.queries.ts';

export const notificationsRouter = router({
  list: signedInProcedure.meta({ limit: 'read' }).input(pageInput).output(notificationPage).query(async ({ ctx, input }) => await listNotifications(ctx.deps, ctx.user.id, input)),
  markRead: signedInProcedure.input(z.object({ notificationId: uuid })).output(unreadDto)
    .mutation(async ({ ctx, input }) => ({ unread: await markRead(ctx.deps, ctx.user.id, input.notificationId) })),
  markAllRead: signedInProcedure.input(z.object({ upTo: time })).output(unreadDto)
    .mutation(async ({ ctx, input }) => ({ unread: await markAllRead(ctx.deps, ctx.user.id, new Date(input.upTo)) })),
});
