/** An artist's signature: a PNG with transparency, cut to what is drawn, stored privately under a name of its own. */
import { createHash, randomUUID } from 'node:crypto';
import { CodedError } from '@style-license/shared';
import type { Deps } from '../../platform/deps.ts';
import { acceptUpload, sharpOf, type DecodedImage } from '../uploads/index.ts';

export interface StoredSignature { key: string; sha256: string; bytes: number; width: number; height: number }

/** It ends up in a box of 18% × 12% of a 1024 px side: more than this is never seen. */
const LONG_SIDE_MAX_PX = 1_024;
/** … and less than this would have to be blown up. */
const LONG_SIDE_MIN_PX = 64;
const SHORT_SIDE_MIN_PX = 8;
/** Alpha above which a pixel counts as drawn, and below which as empty. */
const DRAWN_ALPHA = 24;
const EMPTY_ALPHA = 8;
/** A picture without a hole is a stamp, not a signature: so much of it must be empty. */
const EMPTY_SHARE_MIN = 0.02;

/** Accepts an uploaded signature; the same upload again gives the same signature. @throws SIGNATURE_INVALID with `reason`, and as for every upload */
export async function acceptSignature(deps: Deps, userId: string, uploadId: string): Promise<StoredSignature> {
  return await acceptUpload<StoredSignature, { [key in keyof StoredSignature]: StoredSignature[key] }>(deps, {
    uploadId, userId, purpose: 'signature',
    convert: async ({ decode }) => {
      const { body, ...signature } = await trimSignature(await decode({ maxPx: LONG_SIDE_MAX_PX * 2 }));
      return { converted: signature, objects: [{ key: signature.key, body, contentType: 'image/png' }] };
    },
    record: async (_tx, signature) => signature,
  });
}

/** For signatures drawn by code (the demo gallery): the same rules, without an upload. */
export async function storeSignature(deps: Pick<Deps, 'store'>, image: DecodedImage): Promise<StoredSignature> {
  const { body, ...signature } = await trimSignature(image);
  await deps.store.put(signature.key, body, { contentType: 'image/png' });
  return signature;
}

export async function trimSignature(image: DecodedImage): Promise<StoredSignature & { body: Buffer }> {
  const box = drawnBox(image);
  const body = await sharpOf(image)
    .extract(box)
    .resize({ width: LONG_SIDE_MAX_PX, height: LONG_SIDE_MAX_PX, fit: 'inside', withoutEnlargement: true })
    .png({ compressionLevel: 9 })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = body.info;
  return {
    key: `signatures/${randomUUID()}.png`, sha256: createHash('sha256').update(body.data).digest('hex'), bytes: body.data.length, width, height, body: body.data,
  };
}

/** The smallest box around everything drawn. @throws SIGNATURE_INVALID */
function drawnBox({ pixels, width, height, channels }: DecodedImage): { left: number; top: number; width: number; height: number } {
  if (channels !== 4) throw new CodedError('SIGNATURE_INVALID', { reason: 'no_transparency' });
  let [left, top, right, bottom, empty] = [width, height, -1, -1, 0];
  for (let y = 0, at = 3; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const alpha = pixels[at]!;
      if (alpha < EMPTY_ALPHA) empty++;
      if (alpha <= DRAWN_ALPHA) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
  }
  if (right < 0) throw new CodedError('SIGNATURE_INVALID', { reason: 'empty' });
  if (empty < width * height * EMPTY_SHARE_MIN) throw new CodedError('SIGNATURE_INVALID', { reason: 'no_transparency' });
  const box = { left, top, width: right - left + 1, height: bottom - top + 1 };
  if (Math.max(box.width, box.height) < LONG_SIDE_MIN_PX || Math.min(box.width, box.height) < SHORT_SIDE_MIN_PX) {
    throw new CodedError('SIGNATURE_INVALID', { reason: 'too_small', width: box.width, height: box.height, minPx: LONG_SIDE_MIN_PX });
  }
  return box;
}
