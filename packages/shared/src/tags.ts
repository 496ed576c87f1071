/** Tags: English, lower case, at most 30 characters. */
import * as z from 'zod';
import { TAG } from './tag-words.ts';

/** A tag on the wire: any string, so that the domain can answer TAG_INVALID with the word. */
export const tagInput = z.string().max(200);
export const tag = z.string().regex(TAG);
