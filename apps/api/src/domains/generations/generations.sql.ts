import { Prisma } from '@style-license/db';
import { oneOf, type Reader } from '../../platform/database.ts';
import { isLiked } from './liked.sql.ts';

/** An image with all that its page says of it; `state` and `reason` are those of the job's item, which the row's own state follows at its end. */
export interface GenerationRow {
  id: string; jobId: string; isTryOut: boolean; number: number | null; licenceId: string; ownerId: string;
  tags: string[]; unmatchedTags: string[]; description: string; ratio: string; seed: bigint; closeness: number; engine: string;
  visibility: string; publishedAt: Date | null; hiddenAt: Date | null; originalKey: string | null; feedKey: string | null; thumbnailKey: string | null;
  dominantColour: string; likeCount: number; commentCount: number; createdAt: Date; completedAt: Date | null;
  state: string; reason: string | null; ordinal: number;
  styleId: string; styleTitle: string; styleTitleKo: string | null; priceTokens: number; styleState: string;
  artistUsername: string; artistName: string; artistImageKey: string | null;
  ownerUsername: string; ownerName: string; ownerImageKey: string | null; ownerState: string;
  termsVersion: number; personal: boolean; commercial: boolean; merchandise: boolean; termsCreatedAt: Date;
  liked: boolean;
}

/** By its key, or a person's own of some jobs by generations_job_id_idx; everything beside them by keys. One snapshot: what is complete has its files. */
export async function generationRowsSql(db: Reader, of: { id: string } | { jobIds: readonly string[]; ownerId: string }, viewerId: string | null): Promise<GenerationRow[]> {
  const where = 'id' in of ? Prisma.sql`g.id = ${of.id}::uuid` : Prisma.sql`${oneOf(Prisma.sql`g.job_id`, of.jobIds)} AND g.owner_id = ${of.ownerId}::uuid`;
  return await db.$queryRaw<GenerationRow[]>`
    SELECT g.id, g.job_id AS "jobId", g.is_try_out AS "isTryOut", g.number, g.licence_id AS "licenceId", g.owner_id AS "ownerId",
      g.tags, g.unmatched_tags AS "unmatchedTags", g.description, g.ratio, g.seed, g.closeness, g.engine,
      g.visibility, g.published_at AS "publishedAt", g.hidden_at AS "hiddenAt", g.original_key AS "originalKey", g.feed_key AS "feedKey", g.thumbnail_key AS "thumbnailKey",
      g.dominant_colour AS "dominantColour", g.like_count AS "likeCount", g.comment_count AS "commentCount", g.created_at AS "createdAt", g.completed_at AS "completedAt",
      i.state, i.reason, i.ordinal,
      s.id AS "styleId", s.title AS "styleTitle", s.title_ko AS "styleTitleKo", s.price_tokens AS "priceTokens", s.state AS "styleState",
      au.username AS "artistUsername", a.artist_name AS "artistName", au.image_key AS "artistImageKey",
      o.username AS "ownerUsername", o.name AS "ownerName", o.image_key AS "ownerImageKey", o.state AS "ownerState",
      t.version AS "termsVersion", t.personal, t.commercial, t.merchandise, t.created_at AS "termsCreatedAt",
      ${isLiked(viewerId, Prisma.sql`g.id`)} AS liked
    FROM generations g
    JOIN job_items i ON i.id = g.id
    JOIN styles s ON s.id = g.style_id
    JOIN style_terms t ON t.style_id = g.style_id AND t.version = g.terms_version
    JOIN artists a ON a.user_id = s.artist_id
    JOIN users au ON au.id = a.user_id
    JOIN users o ON o.id = g.owner_id
    WHERE ${where} ORDER BY g.job_id, i.ordinal`;
}

export interface NewGenerations { styleId: string; ownerId: string; checkpointId: string; termsVersion: number; isTryOut: boolean; tags: readonly string[]; description: string; ratio: string; closeness: number }

/** The images of a job that is being written: part of its own statement, whose `new_job` it reads. */
export const newGenerations = (asked: NewGenerations, images: readonly { id: string; licenceId: string; seed: number }[]): Prisma.Sql => Prisma.sql`
  INSERT INTO generations (id, job_id, style_id, owner_id, checkpoint_id, licence_id, terms_version, is_try_out, tags, description, ratio, seed, closeness, created_at)
  SELECT image.id, new_job.id, ${asked.styleId}::uuid, ${asked.ownerId}::uuid, ${asked.checkpointId}::uuid, image.licence_id, ${asked.termsVersion}::int, ${asked.isTryOut}::boolean,
    ${[...asked.tags]}::text[], ${asked.description}, ${asked.ratio}, image.seed, ${asked.closeness}::float8, new_job.created_at
  FROM new_job, unnest(${images.map(({ id }) => id)}::uuid[], ${images.map(({ licenceId }) => licenceId)}::text[], ${images.map(({ seed }) => seed)}::bigint[]) AS image (id, licence_id, seed)`;
