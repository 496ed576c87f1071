/** One page of hits, whatever they are: as typed, and when nothing is spelt so, what is near it. */
import { type SearchSort } from '@style-license/shared';
import * as z from 'zod';
import { decodeParts, encodeParts } from '../../platform/cursor.ts';
import type { Reader } from '../../platform/database.ts';
import { forgiving, spelt, type Typed, type WordQuery } from './find-match.ts';
import type { Scope, StylePageRequest, Weighted } from './search.sql.ts';

export interface PageAsked { typed: Typed; sort: SearchSort; cursor?: string | null | undefined; limit: number; /** Whether what is near it may answer. */ forgive: boolean }
export interface FoundPage<T> { rows: T[]; nextCursor: string | null; hasMore: boolean; forgiven: boolean; hasWords: boolean }
interface Ordered { id: string; sold: number; at: Date }
type Read<T> = (query: WordQuery | null, request: Pick<StylePageRequest, 'sort' | 'after' | 'limit'>, weights: Weighted) => Promise<T[]>;

/** The last moment that Postgres and JavaScript can both write. */
const MAX_TIME_MS = 253_402_300_799_999;
const cursorOf = (scope: Scope, sort: SearchSort) => z.tuple([z.literal(scope), z.literal(sort), z.literal([0, 1]), z.int32(), z.int().min(0).max(MAX_TIME_MS), z.uuid()]);

/** @throws BAD_REQUEST for a cursor of another list or order */
export async function foundPage<T extends Ordered>(db: Reader, scope: Scope, asked: PageAsked, read: Read<T>): Promise<FoundPage<T>> {
  const { sort, limit, typed } = asked;
  const from = asked.cursor ? decodeParts(asked.cursor, cursorOf(scope, sort)) : null;
  const after = from && { sold: from[3], at: new Date(from[4]), id: from[5] };
  const ask = async (query: WordQuery | null): Promise<T[]> =>
    await read(query, { sort, after, limit: limit + 1 }, { names: query?.names ?? null, others: query?.others ?? null });
  if (typed === 'nothing') return pageOf(scope, asked, { rows: await ask(null), forgiven: false, hasWords: false });
  if (typed === 'no words') return pageOf(scope, asked, { rows: [], forgiven: false, hasWords: true });
  const isForgiving = from?.[2] === 1;
  if (!isForgiving) {
    const query = await spelt(db, scope, typed);
    const rows = query.uses > 0 ? await ask(query) : [];
    if (rows.length > 0 || from !== null || !asked.forgive) return pageOf(scope, asked, { rows, forgiven: false, hasWords: true });
  }
  const query = await forgiving(db, scope, typed.words);
  return pageOf(scope, asked, { rows: query === null ? [] : await ask(query), forgiven: true, hasWords: true });
}

function pageOf<T extends Ordered>(scope: Scope, { sort, limit }: PageAsked, found: { rows: T[]; forgiven: boolean; hasWords: boolean }): FoundPage<T> {
  const rows = found.rows.slice(0, limit);
  const last = rows.at(-1);
  const hasMore = found.rows.length > limit && last !== undefined;
  const nextCursor = hasMore ? encodeParts([scope, sort, found.forgiven ? 1 : 0, last.sold, last.at.getTime(), last.id]) : null;
  return { ...found, rows, nextCursor, hasMore, forgiven: found.forgiven && rows.length > 0 };
}
