import type { editStyleInput } from '@style-license/shared';
import type { Style } from '@style-license/db';
import type * as z from 'zod';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { assertTitleFree } from './create-style.ts';
import { lockOwnStyle, refuseWhileTraining } from './own-style.ts';
import { checkKoreanTitle, checkPrice, checkTitle, cleanForbiddenWords } from './style-rules.ts';
import { recountTagsSql, setArtworkTagsSql } from './styles.sql.ts';
import { assertTagsOn } from './tag-rules.ts';

type EditStyle = z.output<typeof editStyleInput>;

/**
 * Texts and price change at once for what is submitted from now on; a submitted job keeps its price and its version of the
 * terms. @throws NOT_FOUND, TITLE_INVALID, STYLE_TITLE_TAKEN, PRICE_INVALID, TAG_OFF, TRAINING_RUNNING (the title is a tag)
 */
export async function editStyle(deps: Deps, artistId: string, input: EditStyle): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const style = await lockOwnStyle(tx, artistId, input.styleId);
    await tx.style.update({
      where: { id: style.id },
      data: {
        ...(input.title === undefined ? {} : { title: await renamed(tx, style, input.title) }),
        ...(input.titleKo === undefined ? {} : { titleKo: checkKoreanTitle(input.titleKo) }),
        ...(input.description === undefined ? {} : { description: input.description.trim() }),
        ...(input.priceTokens === undefined ? {} : { priceTokens: checkPrice(input.priceTokens) }),
        ...(input.forbiddenWords === undefined ? {} : { forbiddenWords: cleanForbiddenWords(input.forbiddenWords) }),
        ...(input.licence === undefined ? {} : { termsVersion: await termsVersion(tx, deps, style, input.licence) }),
      },
    });
    await raiseEvents(tx, [{ userId: artistId, event: { type: 'style', styleId: style.id } }]);
  });
}

/** The title is a tag of every artwork: a new title takes the old one's place there. */
async function renamed(tx: Tx, style: Style, typed: string): Promise<string> {
  const { title, tag } = checkTitle(typed);
  if (title === style.title) return title;
  await assertTitleFree(tx, title, style.id);
  const { tag: oldTag } = checkTitle(style.title);
  if (tag === oldTag) return title;
  await assertTagsOn(tx, [tag]);
  await refuseWhileTraining(tx, style);
  const artworks = await tx.artwork.findMany({ where: { styleId: style.id }, select: { id: true, tags: true } });
  await setArtworkTagsSql(tx, artworks.map(({ id, tags }) => ({ id, tags: [...new Set([tag, ...tags.filter((known) => known !== oldTag)])] })));
  await recountTagsSql(tx, style.id);
  return title;
}

type Licence = NonNullable<EditStyle['licence']>;

/** Another choice is a new version: a licence that was issued keeps the one it was issued under. */
async function termsVersion(tx: Tx, deps: Deps, style: Style, { personal, commercial, merchandise }: Licence): Promise<number> {
  const current = await tx.styleTerms.findUniqueOrThrow({ where: { styleId_version: { styleId: style.id, version: style.termsVersion } } });
  if (current.personal === personal && current.commercial === commercial && current.merchandise === merchandise) return style.termsVersion;
  // Until something was made under it, the draft's version is still being written: nobody has it in hand.
  const inUse = style.publishedAt !== null || (await tx.job.findFirst({ where: { styleId: style.id, termsVersion: current.version }, select: { id: true } })) !== null;
  if (!inUse) {
    await tx.styleTerms.update({ where: { styleId_version: { styleId: style.id, version: current.version } }, data: { personal, commercial, merchandise, createdAt: deps.clock.now() } });
    return current.version;
  }
  const version = style.termsVersion + 1;
  await tx.styleTerms.create({ data: { styleId: style.id, version, personal, commercial, merchandise, createdAt: deps.clock.now() } });
  return version;
}
