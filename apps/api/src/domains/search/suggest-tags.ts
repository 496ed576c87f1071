import { normaliseTag, type suggestTagsInput, type tagSuggestionsDto } from '@style-license/shared';
import type * as z from 'zod';
import type { Reader } from '../../platform/database.ts';
import { tagsAlikeSql, tagsBeginningSql } from './search.sql.ts';

/** Three letters have something in common with everything. */
const ALIKE_FROM_CHARS = 4;

/** Tags of public styles that begin so, the most used first; when none does, those that look like it. */
export async function suggestTags(db: Reader, { text, limit }: z.output<typeof suggestTagsInput>): Promise<z.infer<typeof tagSuggestionsDto>> {
  const typed = normaliseTag(text);
  const items = await tagsBeginningSql(db, typed, limit);
  if (items.length > 0 || typed.length < ALIKE_FROM_CHARS) return { items, forgiven: false };
  const alike = await tagsAlikeSql(db, typed, limit);
  return { items: alike, forgiven: alike.length > 0 };
}
