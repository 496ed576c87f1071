import { uuid, type NotificationDto, type NotificationKind, type Page, type Ratio } from '@style-license/shared';
import type { Prisma } from '@style-license/db';
import { decodeListCursor, encodeListCursor } from '../../platform/cursor.ts';
import type { Reader } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { artistPersonOf, PERSON_SELECT, personOf } from '../accounts/index.ts';
import { imageUrls } from '../generations/index.ts';
import { notificationsQuery, type NotificationRow } from './notifications.sql.ts';

/** One's notifications, the newest first, with the names and pictures of now. */
export async function listNotifications(deps: Deps, userId: string, { cursor, limit }: { cursor?: string | null | undefined; limit: number }): Promise<Page<NotificationDto>> {
  const rows = await deps.db.$queryRaw<NotificationRow[]>(notificationsQuery(userId, cursor ? decodeListCursor('notifications', cursor) : null, limit + 1));
  const shown = rows.slice(0, limit);
  const beside = await readBeside(deps.db, shown);
  const last = shown.at(-1);
  const hasMore = rows.length > limit;
  return {
    items: await Promise.all(shown.map((row) => notificationDto(deps, row, beside, userId))),
    hasMore, nextCursor: hasMore && last ? encodeListCursor('notifications', { at: last.created_at, id: last.id }) : null,
  };
}

const GENERATION_SELECT = {
  id: true, ownerId: true, visibility: true, hiddenAt: true, originalKey: true, feedKey: true, thumbnailKey: true, dominantColour: true, ratio: true, style: { select: { id: true, title: true, titleKo: true } },
} satisfies Prisma.GenerationSelect;
type Beside = Awaited<ReturnType<typeof readBeside>>;

/** Everything that a page of notifications names, each table asked once. */
async function readBeside(db: Reader, rows: readonly NotificationRow[]) {
  const ids = (key: string): string[] => [...new Set(rows.map(({ payload }) => idIn(payload, key)).filter((id) => id !== null))];
  const [people, generations, styles, comments] = await Promise.all([
    db.user.findMany({ where: { id: { in: [...new Set(rows.map(({ actor_id }) => actor_id).filter((id) => id !== null))] } }, select: { id: true, state: true, ...PERSON_SELECT } }),
    db.generation.findMany({ where: { id: { in: ids('generationId') } }, select: GENERATION_SELECT }),
    db.style.findMany({ where: { id: { in: ids('styleId') } }, select: { id: true, title: true, titleKo: true } }),
    db.comment.findMany({ where: { id: { in: ids('commentId') }, deletedAt: null, hiddenAt: null }, select: { id: true, text: true } }),
  ]);
  return { people: byId(people), generations: byId(generations), styles: byId(styles), comments: byId(comments) };
}
const byId = <T extends { id: string }>(rows: readonly T[]): ReadonlyMap<string, T> => new Map(rows.map((row) => [row.id, row]));

function idIn(payload: Prisma.JsonObject, key: string): string | null {
  const value = payload[key];
  return typeof value === 'string' && uuid.safeParse(value).success ? value : null;
}

async function notificationDto(deps: Deps, row: NotificationRow, beside: Beside, userId: string): Promise<NotificationDto> {
  const actor = row.actor_id === null ? undefined : beside.people.get(row.actor_id);
  const generation = beside.generations.get(idIn(row.payload, 'generationId') ?? '');
  const comment = beside.comments.get(idIn(row.payload, 'commentId') ?? '');
  const isOwn = generation?.ownerId === userId;
  const maySee = generation !== undefined && (isOwn || (generation.visibility === 'public' && generation.hiddenAt === null));
  return {
    id: row.id, kind: row.kind as NotificationKind, createdAt: row.created_at.toISOString(), read: row.read_at !== null,
    actor: actor?.state === 'active' ? (actor.artist ? artistPersonOf(actor) : personOf(actor)) : null,
    generation: maySee ? {
      id: generation.id, styleTitle: generation.style.title, styleTitleKo: generation.style.titleKo, thumbnailUrl: (await imageUrls(deps, generation)).thumbnail,
      dominantColour: generation.dominantColour, ratio: generation.ratio as Ratio,
    } : null,
    style: beside.styles.get(idIn(row.payload, 'styleId') ?? '') ?? generation?.style ?? null,
    comment: maySee ? (comment?.text ?? null) : null,
    values: valuesOf(row.payload),
  };
}

/** Figures and words; ids of other tables are read above and lead nowhere here, but those that a link needs stay. */
function valuesOf(payload: Prisma.JsonObject): NotificationDto['values'] {
  return Object.fromEntries(Object.entries(payload).filter((entry): entry is [string, string | number | boolean | null] => entry[1] === null || ['string', 'number', 'boolean'].includes(typeof entry[1])));
}
