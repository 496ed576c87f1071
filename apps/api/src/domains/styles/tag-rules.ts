import { CodedError } from '@style-license/shared';
import type { Reader } from '../../platform/database.ts';

/** @throws TAG_OFF with the first tag that an administrator switched off */
export async function assertTagsOn(db: Reader, tags: readonly string[]): Promise<void> {
  const off = await db.tagRule.findFirst({ where: { tag: { in: [...tags] }, state: 'off' }, orderBy: { tag: 'asc' } });
  if (off) throw new CodedError('TAG_OFF', { field: 'tags', tag: off.tag });
}
