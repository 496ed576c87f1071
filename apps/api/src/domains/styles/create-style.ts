import { CodedError, type createStyleInput } from '@style-license/shared';
import type * as z from 'zod';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { checkKoreanTitle, checkPrice, checkTitle } from './style-rules.ts';
import { assertTagsOn } from './tag-rules.ts';

/**
 * A draft, with the licence that most artists choose: personal use. @throws STYLE_LIMIT_REACHED, STYLE_TITLE_TAKEN, TITLE_INVALID,
 * PRICE_INVALID, TAG_OFF
 */
export async function createStyle(deps: Deps, artistId: string, input: z.output<typeof createStyleInput>): Promise<string> {
  const { title, tag } = checkTitle(input.title);
  const data = { artistId, title, titleKo: checkKoreanTitle(input.titleKo), description: input.description.trim(), priceTokens: checkPrice(input.priceTokens) };
  return await transaction(deps.db, async (tx) => {
    await assertTagsOn(tx, [tag]);
    // The artist's lock: two drafts at one moment are two after each other, and the second is over the limit.
    await tx.$queryRaw`SELECT user_id FROM artists WHERE user_id = ${artistId}::uuid FOR NO KEY UPDATE`;
    const limit = deps.env.STYLES_PER_ARTIST;
    if ((await tx.style.count({ where: { artistId } })) >= limit) throw new CodedError('STYLE_LIMIT_REACHED', { limit });
    await assertTitleFree(tx, title, null);
    const style = await tx.style.create({
      data: { ...data, createdAt: deps.clock.now(), terms: { create: { version: 1, personal: true, commercial: false, merchandise: false, createdAt: deps.clock.now() } } },
    });
    await raiseEvents(tx, [{ userId: artistId, event: { type: 'style', styleId: style.id } }]);
    return style.id;
  });
}

/** Asked first for a clear answer; two at the same moment are told apart by styles_title_unique. @throws STYLE_TITLE_TAKEN */
export async function assertTitleFree(tx: Parameters<Parameters<typeof transaction>[1]>[0], title: string, exceptId: string | null): Promise<void> {
  const [taken] = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM styles WHERE lower(title) = lower(${title}) AND id IS DISTINCT FROM ${exceptId}::uuid`;
  if (taken) throw new CodedError('STYLE_TITLE_TAKEN', { field: 'title' });
}
