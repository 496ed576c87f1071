/** Hand-written SQL of styles: counts of tags, and the lists. Each list names the index that serves it. */
import type { Reader, Tx } from '../../platform/database.ts';
import { Prisma, firstInOrder } from '../../platform/database.ts';

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
  username: string | null;
  after: { soldCount: number; at: Date; id: string } | null;
  limit: number;
}

/**
 * Public styles: `styles_recent` or `styles_popular` in order, walked from the cursor as one row value (R30); an artist's few by the
 * index on their artist.
 */
export async function listStylesSql(db: Reader, { sort, username, after, limit }: StyleListQuery): Promise<ListedStyle[]> {
  const where: Prisma.Sql[] = [Prisma.sql`s.state IN ('published', 'paused')`];
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

export interface SampleRow { style_id: string; id: string; ratio: string; dominant_colour: string; tags: string[] }

/** The newest public images of each style: `generations_style_public`. */
export async function publicSamplesSql(db: Reader, styleIds: readonly string[], perStyle: number): Promise<SampleRow[]> {
  const [only] = styleIds;
  if (only === undefined) return [];
  // One as a row of its own: see `oneOf`.
  const styles = styleIds.length === 1 ? Prisma.sql`(VALUES (${only}::uuid))` : Prisma.sql`unnest(${[...styleIds]}::uuid[])`;
  return await db.$queryRaw<SampleRow[]>`
    SELECT s.style_id, g.id, g.ratio, g.dominant_colour, g.tags FROM ${styles} AS s (style_id)
    CROSS JOIN LATERAL (${firstInOrder(Prisma.sql`
      SELECT id, ratio, dominant_colour, tags, published_at FROM generations
      WHERE style_id = s.style_id AND visibility = 'public' AND hidden_at IS NULL ORDER BY published_at DESC, id DESC`, perStyle)}
    ) g ORDER BY g.published_at DESC, g.id DESC`;
}

export interface TagCountRow { tag: string; count: number }

/** Tags of public styles by the artworks that carry them, without those switched off; by prefix when given. tag_counts is their roll-up, kept by triggers. */
export async function publicTagsSql(db: Reader, prefix: string, limit: number): Promise<TagCountRow[]> {
  // As a range: a prefix pattern that comes as a parameter is no range for a prepared statement.
  return await db.$queryRaw<TagCountRow[]>`
    SELECT tag, artworks AS count FROM tag_counts WHERE tag >= ${prefix} AND tag < ${`${prefix}\u{10FFFF}`} ORDER BY artworks DESC, tag LIMIT ${limit}`;
}

export async function styleTagsSql(db: Reader, styleId: string): Promise<TagCountRow[]> {
  return await db.$queryRaw<TagCountRow[]>`
    SELECT t.tag, t.count FROM style_tags t WHERE t.style_id = ${styleId}::uuid
      AND NOT EXISTS (SELECT 1 FROM tag_rules r WHERE r.tag = t.tag AND r.state = 'off')
    ORDER BY t.count DESC, t.tag`;
}

export interface ShownArtwork { id: string; width: number; height: number; dominantColour: string; tags: string[] }
export interface StylePageRow {
  id: string; artistId: string; title: string; titleKo: string | null; description: string; priceTokens: number; state: string; baseModel: string;
  checkpointId: string | null; lastNumber: number; publishedAt: Date | null;
  username: string; name: string; imageKey: string | null; artistName: string; signatureKey: string;
  termsVersion: number; personal: boolean; commercial: boolean; merchandise: boolean; termsCreatedAt: Date;
  artworkCount: number; tags: TagCountRow[]; shown: ShownArtwork[];
}

/** All of a style's page but its samples: every part by the index on its style. Tags that an administrator switched off are left out. */
export async function stylePageSql(db: Reader, styleId: string): Promise<StylePageRow | undefined> {
  const [row] = await db.$queryRaw<StylePageRow[]>`
    SELECT s.id, s.artist_id AS "artistId", s.title, s.title_ko AS "titleKo", s.description, s.price_tokens AS "priceTokens", s.state, s.base_model AS "baseModel",
      s.checkpoint_id AS "checkpointId", s.last_number AS "lastNumber", s.published_at AS "publishedAt",
      u.username, u.name, u.image_key AS "imageKey", a.artist_name AS "artistName", a.signature_key AS "signatureKey",
      t.version AS "termsVersion", t.personal, t.commercial, t.merchandise, t.created_at AS "termsCreatedAt",
      art.count AS "artworkCount", art.shown, tags.counts AS tags
    FROM styles s
    JOIN artists a ON a.user_id = s.artist_id
    JOIN users u ON u.id = a.user_id
    JOIN style_terms t ON t.style_id = s.id AND t.version = s.terms_version
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS count, coalesce(jsonb_agg(jsonb_build_object(
        'id', w.id, 'width', w.width, 'height', w.height, 'dominantColour', w.dominant_colour, 'tags', w.tags) ORDER BY w.ordinal) FILTER (WHERE w.shown), '[]') AS shown
      FROM artworks w WHERE w.style_id = s.id
    ) art
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object('tag', c.tag, 'count', c.count) ORDER BY c.count DESC, c.tag), '[]') AS counts
      FROM style_tags c WHERE c.style_id = s.id AND NOT EXISTS (SELECT 1 FROM tag_rules r WHERE r.tag = c.tag AND r.state = 'off')
    ) tags
    WHERE s.id = ${styleId}::uuid`;
  return row;
}

export interface RightsRow { style_title: string; artist_name: string; username: string; signature_key: string; signature_bytes: number; signature_sha256: string }
/** Columns of RightsRow, from a style `s`, its artist `a` and their user `u`. */
export const RIGHTS = Prisma.sql`s.title AS style_title, a.artist_name, u.username, a.signature_key, a.signature_bytes, a.signature_sha256`;
export async function rightsSql(db: Reader, styleId: string): Promise<RightsRow | undefined> {
  const [row] = await db.$queryRaw<RightsRow[]>`
    SELECT ${RIGHTS} FROM styles s JOIN artists a ON a.user_id = s.artist_id JOIN users u ON u.id = a.user_id WHERE s.id = ${styleId}::uuid`;
  return row;
}

export interface OfferRow extends RightsRow {
  artistId: string; state: string; priceTokens: number; termsVersion: number; checkpointId: string | null; forbiddenWords: string[]; tagOff: string | null;
  base_model: string; weights_key: string; weights_sha256: string; weights_bytes: number;
}
/** A style with what an order must know of it, by keys: of its weights on sale, or of the checkpoint that is to be tried; and the first of `tags` that is switched off. */
export async function styleOnOfferSql(tx: Tx, styleId: string, tryOutCheckpointId: string | null, tags: readonly string[]): Promise<OfferRow | undefined> {
  const [row] = await tx.$queryRaw<OfferRow[]>`
    SELECT s.artist_id AS "artistId", s.state, s.price_tokens AS "priceTokens", s.terms_version AS "termsVersion", s.checkpoint_id AS "checkpointId", s.forbidden_words AS "forbiddenWords",
      (SELECT min(r.tag) FROM tag_rules r WHERE r.tag = ANY (${[...tags]}::text[]) AND r.state = 'off') AS "tagOff",
      s.base_model, c.weights_key, c.weights_sha256, c.weights_bytes, ${RIGHTS}
    FROM styles s JOIN artists a ON a.user_id = s.artist_id JOIN users u ON u.id = a.user_id
    LEFT JOIN checkpoints c ON c.id = coalesce(${tryOutCheckpointId}::uuid, s.checkpoint_id)
    WHERE s.id = ${styleId}::uuid`;
  return row;
}

/** How many trainings of a style were submitted since the day began in `timeZone`; those that failed through no fault of the artist's do not count. */
export async function trainingsTodaySql(db: Reader, styleId: string, timeZone: string, now: Date): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM jobs WHERE style_id = ${styleId}::uuid AND kind = 'training'
      AND created_at >= date_trunc('day', ${now}::timestamptz, ${timeZone})
      -- one that goes on was counted when it began
      AND parent_id IS NULL AND NOT (state = 'failed' AND reason IS DISTINCT FROM 'bad_input')`;
  return row?.count ?? 0;
}

/** Part of a training job's own statement. What was affirmed is kept with the version of its wording; the first affirmation of a version stands. */
export const trainedByNewJob = (styleId: string, affirmationVersion: number): Prisma.Sql => Prisma.sql`
  UPDATE styles SET training_job_id = new_job.id, affirmed_version = ${affirmationVersion}::int,
    affirmed_at = CASE WHEN affirmed_version IS DISTINCT FROM ${affirmationVersion}::int THEN new_job.created_at ELSE affirmed_at END
  FROM new_job WHERE styles.id = ${styleId}::uuid`;
