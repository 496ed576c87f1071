import * as z from 'zod';
import { uuid } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import { time, url } from './common.ts';

export const UPLOAD_PURPOSES = ['artwork', 'signature', 'profile_image'] as const;
export type UploadPurpose = (typeof UPLOAD_PURPOSES)[number];

/** One call for a batch of files: it counts once against the rate limit. */
export const createUploadsInput = z.object({
  purpose: z.enum(UPLOAD_PURPOSES),
  styleId: uuid.nullish(),
  files: z.array(z.object({
    /** The person's file name, only for messages. Never part of a key. */
    name: z.string().max(255),
    bytes: z.int().positive(),
    contentType: z.string().max(100),
  })).min(1).max(LIMITS.artworksMax),
});
/** Where the browser PUTs the bytes: exactly these headers, exactly that many bytes. */
export const uploadDto = z.object({
  uploadId: uuid, method: z.literal('PUT'), url, headers: z.record(z.string(), z.string()), expiresAt: time,
});
export type UploadDto = z.infer<typeof uploadDto>;
