/**
 * Identifiers. A job's id is made by the client (so that the same request twice is the same job);
 * a licence id is 48 random bits written as 10 characters of Crockford base 32, shown as XXXXX-XXXXX.
 */
import * as z from 'zod';
import { LICENCE_ID } from './licence-ids.ts';

export const uuid = z.uuid();

export const licenceId = z.string().regex(LICENCE_ID);
