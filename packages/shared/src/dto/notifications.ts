import * as z from 'zod';
import { uuid } from '../ids.ts';
import { RATIO_NAMES } from '../limits.ts';
import { NOTIFICATION_KINDS } from '../notifications.ts';
import { page, personDto, time, url } from './common.ts';

/** What happened to me. Names and pictures are those of now: who left is nobody, an image that I may not see any more is none. */
export const notificationDto = z.object({
  id: uuid,
  kind: z.enum(NOTIFICATION_KINDS),
  createdAt: time,
  read: z.boolean(),
  actor: personDto.nullable(),
  generation: z.object({ id: uuid, styleTitle: z.string(), styleTitleKo: z.string().nullable(), thumbnailUrl: url.nullable(), dominantColour: z.string(), ratio: z.enum(RATIO_NAMES) }).nullable(),
  style: z.object({ id: uuid, title: z.string(), titleKo: z.string().nullable() }).nullable(),
  /** What was said, while it stands. */
  comment: z.string().nullable(),
  /** Figures and words of the event: how many images, the reason of a failure, an amount. */
  values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type NotificationDto = z.infer<typeof notificationDto>;
export const notificationPage = page(notificationDto);
export const unreadDto = z.object({ unread: z.int().nonnegative() });
