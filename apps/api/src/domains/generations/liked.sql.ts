import { Prisma } from '@style-license/db';

/**
 * Whether somebody likes an image, by likes_pkey, one look-up an image. A subquery in the list of columns, which Postgres cannot turn into
 * a join: by the plan for all viewers a join reads everything that one likes, which is little for most and a great deal for some (docs/adr/0016).
 */
export const isLiked = (viewerId: string | null, generationId: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(SELECT true FROM likes l WHERE l.user_id = ${viewerId}::uuid AND l.generation_id = ${generationId}) IS NOT NULL`;
