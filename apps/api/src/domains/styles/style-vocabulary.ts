import { CodedError, normaliseTag, type TagCountDto } from '@style-license/shared';
import type { Reader } from '../../platform/database.ts';
import { containsWord } from './style-for-generation.ts';
import { styleTagsSql } from './styles.sql.ts';

export interface StyleVocabulary {
  /** The style's own tags, most used first. */
  tags: TagCountDto[];
  /** Why a tag cannot be ordered in this style: the artist's list, or the administrators'. */
  refused: (tag: string) => 'forbidden' | 'off' | null;
}

/** The words of a style. A draft's are its artist's to see. @throws NOT_FOUND */
export async function styleVocabulary(db: Reader, { styleId, userId }: { styleId: string; userId: string | null }): Promise<StyleVocabulary> {
  const style = await db.style.findUnique({ where: { id: styleId }, select: { state: true, artistId: true, forbiddenWords: true } });
  if (!style || (style.state === 'draft' && style.artistId !== userId)) throw new CodedError('NOT_FOUND');
  const [tags, rules] = await Promise.all([styleTagsSql(db, styleId), db.tagRule.findMany({ where: { state: 'off' }, select: { tag: true } })]);
  const off = new Set(rules.map(({ tag }) => tag));
  return {
    tags,
    refused: (tag) => (style.forbiddenWords.some((word) => containsWord(normaliseTag(tag), word)) ? 'forbidden' : off.has(tag) ? 'off' : null),
  };
}
