import { Prisma, type Reader } from '../../platform/database.ts';

export const SITEMAP_KINDS = ['images', 'styles', 'artists'] as const;
export type SitemapKind = (typeof SITEMAP_KINDS)[number];
export interface SitemapEntry { name: string; at: Date }

/** Two addresses each: a sitemap may have 50,000. */
export const DAY_MAX = 25_000;
const DAYS_MAX = 10_000;

/** generations_feed, styles_recent, artist_search_recent: the newest first by their time. */
const SOURCE: Readonly<Record<SitemapKind, { from: Prisma.Sql; at: Prisma.Sql; name: Prisma.Sql; where: Prisma.Sql; id: Prisma.Sql; beside: Prisma.Sql }>> = {
  images: { from: Prisma.sql`generations g`, at: Prisma.sql`g.published_at`, id: Prisma.sql`g.id`, name: Prisma.sql`g.id::text`, where: Prisma.sql`g.visibility = 'public' AND g.hidden_at IS NULL`, beside: Prisma.empty },
  styles: { from: Prisma.sql`styles s`, at: Prisma.sql`s.published_at`, id: Prisma.sql`s.id`, name: Prisma.sql`s.id::text`, where: Prisma.sql`s.state IN ('published', 'paused')`, beside: Prisma.empty },
  artists: { from: Prisma.sql`artist_search x`, at: Prisma.sql`x.created_at`, id: Prisma.sql`x.user_id`, name: Prisma.sql`u.username`, where: Prisma.sql`true`, beside: Prisma.sql`JOIN users u ON u.id = x.user_id` },
};

/** The days (UTC) on which something was published, newest first: from each day one step of the index to the newest before it. */
export const publishedDaysQuery = (kind: SitemapKind): Prisma.Sql => {
  const { from, at, where } = SOURCE[kind];
  const newest = (before: Prisma.Sql): Prisma.Sql => Prisma.sql`(SELECT ${at} FROM ${from} WHERE ${where} AND ${at} IS NOT NULL ${before} ORDER BY ${at} DESC LIMIT 1)`;
  return Prisma.sql`
    WITH RECURSIVE days AS (
      SELECT date_trunc('day', ${newest(Prisma.empty)}, 'UTC') AS day, 1 AS n
      UNION ALL SELECT date_trunc('day', ${newest(Prisma.sql`AND ${at} < days.day`)}, 'UTC'), n + 1 FROM days WHERE days.day IS NOT NULL AND n < ${DAYS_MAX}
    ) SELECT to_char(day AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day FROM days WHERE day IS NOT NULL`;
};

export const publishedDaysSql = async (db: Reader, kind: SitemapKind): Promise<string[]> => (await db.$queryRaw<{ day: string }[]>(publishedDaysQuery(kind))).map(({ day }) => day);

export const sitemapDayQuery = (kind: SitemapKind, day: string): Prisma.Sql => {
  const { from, at, name, where, id, beside } = SOURCE[kind];
  return Prisma.sql`
    SELECT ${name} AS name, ${at} AS at FROM ${from} ${beside} WHERE ${where} AND ${at} >= ${`${day}T00:00:00Z`}::timestamptz AND ${at} < ${`${day}T00:00:00Z`}::timestamptz + interval '1 day'
    ORDER BY ${at} DESC, ${id} DESC LIMIT ${DAY_MAX}`;
};

export const sitemapDaySql = async (db: Reader, kind: SitemapKind, day: string): Promise<SitemapEntry[]> => await db.$queryRaw<SitemapEntry[]>(sitemapDayQuery(kind, day));
