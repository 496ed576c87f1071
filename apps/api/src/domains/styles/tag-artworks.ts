import { CodedError, LIMITS, type tagArtworksInput } from '@style-license/shared';
import type * as z from 'zod';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { findArtworks } from './artworks.queries.ts';
import { lockOwnStyle, refuseWhileTraining } from './own-style.ts';
import { checkTags, checkTitle } from './style-rules.ts';
import { recountTagsSql, setArtworkTagsSql } from './styles.sql.ts';
import { assertTagsOn } from './tag-rules.ts';

/**
 * Adds tags to and takes them from one artwork or many at once, all or none. The title's tag stays, and does not count.
 * @throws NOT_FOUND, TAG_INVALID with the word, TAG_OFF, TOO_MANY_TAGS, TRAINING_RUNNING
 */
export async function tagArtworks(deps: Deps, artistId: string, input: z.output<typeof tagArtworksInput>): Promise<void> {
  const add = checkTags(input.add);
  // A word that is no tag cannot be on an artwork: nothing to take away, nothing to refuse.
  const remove = new Set(input.remove.map((word) => word.normalize('NFKC').trim().toLowerCase()));
  await transaction(deps.db, async (tx) => {
    const style = await lockOwnStyle(tx, artistId, input.styleId);
    await refuseWhileTraining(tx, style);
    await assertTagsOn(tx, add);
    const { tag: own } = checkTitle(style.title);
    const artworks = await findArtworks(tx, style.id, input.artworkIds);
    const tagged = artworks.map(({ id, tags }) => ({ id, tags: [own, ...new Set([...tags.filter((tag) => !remove.has(tag)), ...add].filter((tag) => tag !== own))] }));
    const over = tagged.find(({ tags }) => tags.length - 1 > LIMITS.tagsPerArtwork);
    if (over) throw new CodedError('TOO_MANY_TAGS', { field: 'tags', max: LIMITS.tagsPerArtwork, artworkId: over.id });
    await setArtworkTagsSql(tx, tagged);
    await recountTagsSql(tx, style.id);
    await raiseEvents(tx, [{ userId: artistId, event: { type: 'style', styleId: style.id } }]);
  });
}
