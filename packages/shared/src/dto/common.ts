import * as z from 'zod';
import { LIMITS } from '../limits.ts';

/** ISO 8601 with offset. */
export const time = z.iso.datetime({ offset: true });
export const tokens = z.int().nonnegative();
/** A URL that a page can put into src or href; signed ones expire. */
export const url = z.string();

export const pageInput = z.object({
  cursor: z.string().max(200).nullish(),
  limit: z.int().min(1).max(LIMITS.pageSizeMax).default(LIMITS.pageSize),
});
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable(), hasMore: z.boolean() });
export interface Page<T> { items: T[]; nextCursor: string | null; hasMore: boolean }

export const empty = z.object({});
export const LOCALES = ['en', 'ko'] as const;
export type Locale = (typeof LOCALES)[number];

/** A person or artist as shown beside what they made. */
export const personDto = z.object({
  username: z.string(),
  name: z.string(),
  imageUrl: url.nullable(),
});
export type PersonDto = z.infer<typeof personDto>;
