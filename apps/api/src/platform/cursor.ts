/**
 * Cursors of keyset pages: the (time, id) of the last row seen, or (count, time, id), written as opaque text. Compared in
 * SQL as one row value (R30).
 */
import { CodedError } from '@style-license/shared';
import * as z from 'zod';

export interface Cursor { at: Date; id: string }

const ID = { uuid: z.uuid(), number: z.string().regex(/^\d{1,18}$/) };
/** The last moment that both JavaScript and Postgres can write down comfortably: the year 9999. */
const MAX_TIME_MS = 253_402_300_799_999;

export const encodeCursor = ({ at, id }: Cursor): string => encodeParts([at.getTime(), id]);

/** `ids` says what the list's ids are: a cursor of another list is refused. @throws BAD_REQUEST */
export function decodeCursor(text: string, ids: keyof typeof ID = 'uuid'): Cursor {
  const [ms, id] = decodeParts(text, z.tuple([z.int(), ID[ids]]));
  if (ms < 0 || ms > MAX_TIME_MS) throw new CodedError('BAD_REQUEST', { fields: ['cursor'] });
  return { at: new Date(ms), id };
}

/** A cursor that says of which list it is: one of another list is refused, even where the ids look alike. */
export const encodeListCursor = (list: string, { at, id }: Cursor): string => encodeParts([list, at.getTime(), id]);

/** @throws BAD_REQUEST */
export function decodeListCursor(list: string, text: string): Cursor {
  const [, ms, id] = decodeParts(text, z.tuple([z.literal(list), z.int().min(0).max(MAX_TIME_MS), ID.uuid]));
  return { at: new Date(ms), id };
}

/** For lists with another order: any small tuple, checked by its schema on the way back. */
export const encodeParts = (parts: readonly (string | number | null)[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

/** @throws BAD_REQUEST */
export function decodeParts<T extends z.ZodType>(text: string, schema: T): z.output<T> {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    throw new CodedError('BAD_REQUEST', { fields: ['cursor'] });
  }
  const parsed = schema.safeParse(parts);
  if (!parsed.success) throw new CodedError('BAD_REQUEST', { fields: ['cursor'] });
  return parsed.data;
}
