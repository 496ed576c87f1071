import { Prisma } from '@style-license/db';
import { oneOf, type Tx } from '../../platform/database.ts';
import { RIGHTS, type SpecOfStyle } from '../styles/index.ts';

export interface SpecRow extends SpecOfStyle {
  id: string; style_id: string; terms_version: number; tags: string[]; ratio: string; closeness: number; seed: bigint; licence_id: string;
}

/** What a runner needs to know of images and of the weights that make them, by their ids. */
export async function specRowsSql(tx: Tx, generationIds: readonly string[]): Promise<SpecRow[]> {
  return await tx.$queryRaw<SpecRow[]>`
    SELECT g.id, g.style_id, g.terms_version, g.tags, g.ratio, g.closeness, g.seed, g.licence_id, s.base_model, c.weights_key, c.weights_sha256, c.weights_bytes, ${RIGHTS}
    FROM generations g JOIN checkpoints c ON c.id = g.checkpoint_id JOIN styles s ON s.id = c.style_id JOIN artists a ON a.user_id = s.artist_id JOIN users u ON u.id = a.user_id
    WHERE ${oneOf(Prisma.sql`g.id`, generationIds)}`;
}
