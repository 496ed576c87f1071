import { randomUUID } from 'node:crypto';
import { CodedError, LIMITS, type createUploadsInput, type UploadDto } from '@style-license/shared';
import type * as z from 'zod';
import type { Deps } from '../../platform/deps.ts';
import { CONTENT_TYPES, FORMATS } from './purposes.ts';

/** The signed PUT is good for 15 minutes; what came by it may be accepted for a day. */
const URL_VALID_SECONDS = 15 * 60;
const UPLOAD_VALID_MS = 24 * 3_600_000;
/** More files than these on their way at once is no person with a folder of pictures. */
const OPEN_UPLOADS_MAX = 400;
const RETRY_AFTER_SECONDS = 600;

/**
 * Makes a place for each file and signs the way there: exactly so many bytes of that type, straight to the store.
 * @throws INVALID_IMAGE_FORMAT, IMAGE_SIZE_EXCEEDED with the file's `index` and `name`
 */
export async function createUploads(deps: Pick<Deps, 'db' | 'store' | 'clock'>, userId: string, input: z.output<typeof createUploadsInput>): Promise<UploadDto[]> {
  const { purpose, files, styleId } = input;
  const allowed = FORMATS[purpose].map((format) => CONTENT_TYPES[format]);
  for (const [index, { name, bytes, contentType }] of files.entries()) {
    if (!allowed.includes(contentType)) throw new CodedError('INVALID_IMAGE_FORMAT', { index, name, allowed });
    if (bytes > LIMITS.uploadMaxBytes) throw new CodedError('IMAGE_SIZE_EXCEEDED', { index, name, bytes, maxBytes: LIMITS.uploadMaxBytes });
  }
  const now = deps.clock.now();
  const open = await deps.db.upload.count({ where: { userId, acceptedAt: null, expiresAt: { gt: now } } });
  if (open + files.length > OPEN_UPLOADS_MAX) throw new CodedError('RATE_LIMITED', { retryAfterSeconds: RETRY_AFTER_SECONDS });

  const expiresAt = new Date(now.getTime() + UPLOAD_VALID_MS);
  const rows = files.map((file) => ({ id: randomUUID(), key: `incoming/${randomUUID()}`, ...file }));
  const signed = await Promise.all(rows.map(({ key, bytes, contentType }) => deps.store.presignUpload({ key, exactBytes: bytes, contentType, validSeconds: URL_VALID_SECONDS })));
  await deps.db.upload.createMany({
    data: rows.map(({ id, key, name, bytes, contentType }) => ({ id, key, userId, styleId: styleId ?? null, purpose, name: name.replaceAll('\0', ''), bytes, contentType, createdAt: now, expiresAt })),
  });
  return signed.map(({ method, url, headers, expiresAt: urlExpiresAt }, i) => ({ uploadId: rows[i]!.id, method, url, headers, expiresAt: urlExpiresAt.toISOString() }));
}
