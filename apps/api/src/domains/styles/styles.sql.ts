/** Hand-written SQL of styles: counts of tags, and the lists. Each list names the index that serves it. */
import type { Reader, Tx } from '../../platform/database.ts';
import { Prisma } from '../../platform/database.ts';

/**
 * Counts a style's tags over its artworks anew: one statement, at most 100 artworks of 21 tags, under the style's lock. Counting
 * anew cannot drift as adding and subtracting does.
 */
export async function recountTagsSql(tx: Tx, styleId: string): Promise<void> {
  await tx.$executeRaw`
    WITH counted AS (
      SELECT tag, count(*)::int AS count FROM artworks, unnest(tags) AS tag WHERE style_id = ${styleId}::uuid GROUP BY tag
    ), gone AS (
      DELETE FROM style_tags WHERE style_id = ${styleId}::uuid AND tag NOT IN (SELECT tag FROM counted)
    )
    INSERT INTO style_tags AS known (style_id, tag, count) SELECT ${styleId}::uuid, tag, count FROM counted
    ON CONFLICT (style_id, tag) DO UPDATE SET count = EXCLUDED.count WHERE known.count <> EXCLUDED.count`;
}

export interface ArtworkTags { id: string; tags: string[] }

export async function setArtworkTagsSql(tx: Tx, rows: readonly ArtworkTags[]): Promise<void> {
  if (rows.length === 0) return;
  // Arrays of unequal length cannot be unnested together: as JSON.
  await tx.$executeRaw`
    UPDATE artworks SET tags = ARRAY(SELECT jsonb_array_elements_text(given.tags))
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS given (id uuid, tags jsonb) WHERE artworks.id = given.id`;
}

export interface ListedStyle { id: string; sold_count: number; published_at: Date }
export interface StyleListQuery {
  sort: 'recent' | 'popular';
  tags: readonly string[];
  text: string;
  username: string | null;
  after: { soldCount: number; at: Date; id: string } | null;
  limit: number;
}

/** Whole words forgive a wrong letter or two; below this they only look alike. */
const WORD_SIMILARITY_MIN = 0.5;
/** Two letters are alike to everything: they find prefixes only. */
const SIMILAR_FROM_CHARS = 3;

/**
 * Public styles: `styles_recent` or `styles_popular` in order, walked from the cursor as one row value (R30). Tags by
 * style_tags' primary key; text by prefix of a word or trigram likeness (`styles_title_trgm`).
 */
export async function listStylesSql(db: Reader, { sort, tags, text, username, after, limit }: StyleListQuery): Promise<ListedStyle[]> {
  const where: Prisma.Sql[] = [Prisma.sql`s.state IN ('published', 'paused')`];
  if (tags.length > 0) {
    where.push(Prisma.sql`(SELECT count(*) FROM style_tags t WHERE t.style_id = s.id AND t.tag = ANY(${[...tags]}::text[])) = ${tags.length}`);
  }
  if (text !== '') where.push(textMatches(text));
  if (username !== null) where.push(Prisma.sql`s.artist_id = (SELECT id FROM users WHERE username = ${username})`);
  if (after !== null) {
    where.push(
      sort === 'recent'
        ? Prisma.sql`(s.published_at, s.id) < (${after.at}::timestamptz, ${after.id}::uuid)`
        : Prisma.sql`(s.sold_count, s.published_at, s.id) < (${after.soldCount}::int, ${after.at}::timestamptz, ${after.id}::uuid)`,
    );
  }
  const order = sort === 'recent' ? Prisma.sql`s.published_at DESC, s.id DESC` : Prisma.sql`s.sold_count DESC, s.published_at DESC, s.id DESC`;
  return await db.$queryRaw<ListedStyle[]>`
    SELECT s.id, s.sold_count, s.published_at FROM styles s WHERE ${Prisma.join(where, ' AND ')} ORDER BY ${order} LIMIT ${limit}`;
}

function textMatches(text: string): Prisma.Sql {
  const escaped = text.replaceAll(/[\\%_]/g, String.raw`\$&`);
  const [prefix, inner] = [`${escaped}%`, `% ${escaped}%`];
  const parts = [Prisma.sql`s.title ILIKE ${prefix}`, Prisma.sql`s.title ILIKE ${inner}`, Prisma.sql`s.title_ko ILIKE ${prefix}`, Prisma.sql`s.title_ko ILIKE ${inner}`];
  if (text.length >= SIMILAR_FROM_CHARS) parts.push(Prisma.sql`word_similarity(${text}, s.title) >= ${WORD_SIMILARITY_MIN}`);
  return Prisma.sql`(${Prisma.join(parts, ' OR ')})`;
}

export interface SampleRow { style_id: string; id: string; ratio: string; dominant_colour: string; tags: string[] }

/** The newest public images of each style: `generations_style_public`. */
export async function publicSamplesSql(db: Reader, styleIds: readonly string[], perStyle: number): Promise<SampleRow[]> {
  if (styleIds.length === 0) return [];
  return await db.$queryRaw<SampleRow[]>`
    SELECT s.style_id, g.id, g.ratio, g.dominant_colour, g.tags FROM unnest(${[...styleIds]}::uuid[]) AS s (style_id)
    CROSS JOIN LATERAL (
      SELECT id, ratio, dominant_colour, tags, published_at FROM generations
      WHERE style_id = s.style_id AND visibility = 'public' AND hidden_at IS NULL ORDER BY published_at DESC, id DESC LIMIT ${perStyle}
    ) g ORDER BY g.published_at DESC, g.id DESC`;
}

export interface TagCountRow { tag: string; count: number }

/** Tags of public styles by the artworks that carry them, without those switched off; by prefix when given. */
export async function publicTagsSql(db: Reader, prefix: string, limit: number): Promise<TagCountRow[]> {
  const escaped = prefix.replaceAll(/[\\%_]/g, String.raw`\$&`);
  return await db.$queryRaw<TagCountRow[]>`
    SELECT t.tag, sum(t.count)::int AS count FROM style_tags t JOIN styles s ON s.id = t.style_id
    WHERE s.state IN ('published', 'paused') AND t.tag LIKE ${`${escaped}%`}
      AND NOT EXISTS (SELECT 1 FROM tag_rules r WHERE r.tag = t.tag AND r.state = 'off')
    GROUP BY t.tag ORDER BY count DESC, t.tag LIMIT ${limit}`;
}

export async function styleTagsSql(db: Reader, styleId: string): Promise<TagCountRow[]> {
  return await db.$queryRaw<TagCountRow[]>`
    SELECT t.tag, t.count FROM style_tags t WHERE t.style_id = ${styleId}::uuid
      AND NOT EXISTS (SELECT 1 FROM tag_rules r WHERE r.tag = t.tag AND r.state = 'off')
    ORDER BY t.count DESC, t.tag`;
}

/** How many trainings of a style were submitted since the day began in `timeZone`; those that failed through no fault of the artist's do not count. */
export async function trainingsTodaySql(db: Reader, styleId: string, timeZone: string, now: Date): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM jobs WHERE style_id = ${styleId}::uuid AND kind = 'training'
      AND created_at >= date_trunc('day', ${now}::timestamptz, ${timeZone})
      AND NOT (state = 'failed' AND reason IS DISTINCT FROM 'bad_input')`;
  return row?.count ?? 0;
}
