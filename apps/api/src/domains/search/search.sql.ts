/** Hand-written SQL of search. Each query names the index that serves it. */
import { Prisma, rowLimit, type Reader } from '../../platform/database.ts';
import type { KnownWord } from './alike.ts';

/** Words of styles, words of artists; the same in capitals are whole names without their spaces. */
export type Scope = 's' | 'a';
export type WholeScope = 'S' | 'A';
export const WHOLE_SCOPES = { s: 'S', a: 'A' } as const satisfies Record<Scope, WholeScope>;

/** The words of what was typed, as the database itself writes them. */
export async function wordsOfSql(db: Reader, text: string): Promise<string[]> {
  const [row] = await db.$queryRaw<{ words: string[] }[]>`SELECT search_words_of(${text}) AS words`;
  return row?.words ?? [];
}

/** The end of a range of words that begin alike: no character comes after it. */
const LAST = '\u{10FFFF}';

/** Whole names that begin so are counted up to here: whoever begins like so many is common. */
const WHOLE_COUNTED_MAX = 2_001;

/** How often words and whole names beginning with each of these are used, at most (they overlap): search_words' primary key, two ranges each. */
export async function usesOfBeginningsSql(db: Reader, scope: Scope, beginnings: readonly string[]): Promise<Map<string, number>> {
  if (beginnings.length === 0) return new Map();
  const rows = await db.$queryRaw<{ beginning: string; uses: number }[]>`
    SELECT b.beginning, (
      coalesce((SELECT sum(w.uses) FROM search_words w WHERE w.scope = ${scope}::"char" AND w.word >= b.beginning AND w.word < b.beginning || ${LAST}), 0)
      + coalesce((SELECT sum(few.uses) FROM (
        SELECT w.uses FROM search_words w WHERE w.scope = ${WHOLE_SCOPES[scope]}::"char" AND w.word >= b.beginning AND w.word < b.beginning || ${LAST} LIMIT ${WHOLE_COUNTED_MAX}) few), 0)
    )::float8 AS uses FROM unnest(${[...beginnings]}::text[]) AS b (beginning)`;
  return new Map(rows.map(({ beginning, uses }) => [beginning, uses]));
}

/** search_words_alike_… (trigrams), one index a scope. */
export async function wordsAlikeSql(db: Reader, scope: Scope | WholeScope, typed: string, bar: number, most: number): Promise<KnownWord[]> {
  return await db.$queryRaw<KnownWord[]>`SELECT word, uses FROM words_alike(${scope}::"char", ${typed}, ${bar}::real, ${most}::int)`;
}

export interface Match {
  /** Text of a tsquery. Null: every one. */
  words: string | null;
  tags: readonly string[];
  /**
   * Whether so many fit that walking the order and leaving out the few others is quicker than finding all and sorting them. Both
   * answer the same.
   */
  isCommon: boolean;
}
export interface StylePageRequest { match: Match; sort: 'popular' | 'recent'; after: { sold: number; at: Date; id: string } | null; limit: number }
export interface FoundStyle { id: string; sold: number; at: Date; by_name: boolean; by_other: boolean }

/** Texts of tsqueries with weights: only the name (A), only the rest (B). */
export interface Weighted { names: string | null; others: string | null }

const has = (words: string | null): Prisma.Sql => (words === null ? Prisma.sql`false` : Prisma.sql`x.words @@ ${words}::tsquery`);

/**
 * Public styles that have the words and tags. Common ones: styles_popular or styles_recent walked in order, each row looked up in
 * style_search by its key. Rare ones: style_search_words (GIN over words and tags), then sorted.
 */
export function stylesFoundSql({ match, sort, after, limit }: StylePageRequest, weights: Weighted): Prisma.Sql {
  const fits = Prisma.join([
    ...(match.words === null ? [] : [has(match.words)]),
    ...(match.tags.length === 0 ? [] : [Prisma.sql`x.tags @> ${[...match.tags]}::text[]`]),
    Prisma.sql`true`,
  ], ' AND ');
  const listed = Prisma.sql`s.state IN ('published', 'paused')`;
  const later = after === null ? Prisma.empty
    : sort === 'recent'
      ? Prisma.sql`AND (s.published_at, s.id) < (${after.at}::timestamptz, ${after.id}::uuid)`
      : Prisma.sql`AND (s.sold_count, s.published_at, s.id) < (${after.sold}::int, ${after.at}::timestamptz, ${after.id}::uuid)`;
  const order = sort === 'recent' ? Prisma.sql`s.published_at DESC, s.id DESC` : Prisma.sql`s.sold_count DESC, s.published_at DESC, s.id DESC`;
  // OFFSET 0 keeps the planner from turning the walk, or the look-up of a few, into a join with the whole table.
  const found = match.isCommon
    ? Prisma.sql`
      SELECT s.id, s.sold_count, s.published_at FROM styles s
      CROSS JOIN LATERAL (SELECT 1 FROM style_search x WHERE x.style_id = s.id AND ${fits} OFFSET 0) fitting
      WHERE ${listed} ${later} ORDER BY ${order} LIMIT ${rowLimit(limit)}`
    : Prisma.sql`
      SELECT s.id, s.sold_count, s.published_at FROM (SELECT x.style_id FROM style_search x WHERE ${fits} OFFSET 0) fitting
      CROSS JOIN LATERAL (SELECT s.id, s.sold_count, s.published_at FROM styles s WHERE s.id = fitting.style_id AND ${listed} ${later} OFFSET 0) s
      ORDER BY ${order} LIMIT ${rowLimit(limit)}`;
  const ordered = sort === 'recent' ? Prisma.sql`page.published_at DESC, page.id DESC` : Prisma.sql`page.sold_count DESC, page.published_at DESC, page.id DESC`;
  return Prisma.sql`
    WITH page AS MATERIALIZED (${found})
    SELECT page.id, page.sold_count AS sold, page.published_at AS at, ${has(weights.names)} AS by_name, ${has(weights.others)} AS by_other
    FROM page JOIN style_search x ON x.style_id = page.id ORDER BY ${ordered}`;
}

export interface FoundArtist { id: string; sold: number; at: Date; by_name: boolean; by_other: boolean; styles: number; username: string; name: string; image_key: string | null }

/** Artists: artist_search_popular or artist_search_recent walked in order when common, else artist_search_words, then sorted. */
export function artistsFoundSql({ match, sort, after, limit }: StylePageRequest, weights: Weighted): Prisma.Sql {
  const fits = (row: Prisma.Sql): Prisma.Sql => (match.words === null ? Prisma.sql`true` : Prisma.sql`${row}.words @@ ${match.words}::tsquery`);
  const later = after === null ? Prisma.empty
    : sort === 'recent'
      ? Prisma.sql`AND (x.created_at, x.user_id) < (${after.at}::timestamptz, ${after.id}::uuid)`
      : Prisma.sql`AND (x.sold, x.created_at, x.user_id) < (${after.sold}::int, ${after.at}::timestamptz, ${after.id}::uuid)`;
  const order = sort === 'recent' ? Prisma.sql`x.created_at DESC, x.user_id DESC` : Prisma.sql`x.sold DESC, x.created_at DESC, x.user_id DESC`;
  const found = match.isCommon
    ? Prisma.sql`
      SELECT x.* FROM artist_search x
      CROSS JOIN LATERAL (SELECT 1 FROM artist_search y WHERE y.user_id = x.user_id AND ${fits(Prisma.sql`y`)} OFFSET 0) fitting
      WHERE true ${later} ORDER BY ${order} LIMIT ${rowLimit(limit)}`
    : Prisma.sql`SELECT x.* FROM (SELECT * FROM artist_search x WHERE ${fits(Prisma.sql`x`)} OFFSET 0) x WHERE true ${later} ORDER BY ${order} LIMIT ${rowLimit(limit)}`;
  return Prisma.sql`
    WITH page AS MATERIALIZED (${found})
    SELECT x.user_id AS id, x.sold, x.created_at AS at, ${has(weights.names)} AS by_name, ${has(weights.others)} AS by_other,
      (SELECT count(*)::int FROM styles s WHERE s.artist_id = x.user_id AND s.state IN ('published', 'paused')) AS styles,
      u.username, a.artist_name AS name, u.image_key
    FROM page x
    JOIN artists a ON a.user_id = x.user_id JOIN users u ON u.id = x.user_id
    ORDER BY ${order}`;
}

/** Styles that carry each tag: tag_counts' primary key. A tag that is not there is carried by none. */
export async function stylesOfTagsSql(db: Reader, tags: readonly string[]): Promise<number[]> {
  const rows = await db.$queryRaw<{ styles: number }[]>`SELECT styles FROM tag_counts WHERE tag = ANY(${[...tags]}::text[])`;
  return tags.length > rows.length ? [0] : rows.map(({ styles }) => styles);
}

export interface TagCountRow { tag: string; count: number }

/** tag_counts' primary key: a range; the most used of it first. */
export async function tagsBeginningSql(db: Reader, beginning: string, limit: number): Promise<TagCountRow[]> {
  return await db.$queryRaw<TagCountRow[]>`
    SELECT tag, artworks AS count FROM tag_counts WHERE tag >= ${beginning} AND tag < ${beginning + LAST} ORDER BY artworks DESC, tag LIMIT ${limit}`;
}

/** tag_counts_alike (trigrams). */
export async function tagsAlikeSql(db: Reader, typed: string, limit: number): Promise<TagCountRow[]> {
  return await db.$queryRaw<TagCountRow[]>`
    SELECT tag, artworks AS count FROM tag_counts WHERE tag % ${typed} ORDER BY similarity(tag, ${typed}) DESC, artworks DESC, tag LIMIT ${limit}`;
}
