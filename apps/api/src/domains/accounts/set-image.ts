import { randomUUID } from 'node:crypto';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { deleteObjectsLater } from '../../platform/object-deletions.ts';
import { acceptUpload, sharpOf } from '../uploads/index.ts';
import { avatarKey } from './person.ts';

const SIDE_PX = 512;
const MIN_PX = 64;
const DECODE_MAX_PX = 2_048;
const QUALITY = 82;

/** Takes an uploaded picture as the profile image, square; null takes it away. */
export async function setImage(deps: Deps, userId: string, uploadId: string | null): Promise<void> {
  if (uploadId === null) {
    await transaction(deps.db, (tx) => replaceImage(tx, userId, null));
    return;
  }
  await acceptUpload(deps, {
    uploadId, userId, purpose: 'profile_image',
    convert: async ({ decode }) => {
      const image = await decode({ minPx: MIN_PX, maxPx: DECODE_MAX_PX });
      const body = await sharpOf(image).resize(SIDE_PX, SIDE_PX, { fit: 'cover', position: 'attention' }).webp({ quality: QUALITY }).toBuffer();
      const key = avatarKey(`${randomUUID()}.webp`);
      return { converted: key, objects: [{ key, body, contentType: 'image/webp' }] };
    },
    record: async (tx, key) => {
      await replaceImage(tx, userId, key);
      return { key };
    },
  });
}

async function replaceImage(tx: Tx, userId: string, imageKey: string | null): Promise<void> {
  const [before] = await tx.$queryRaw<{ image_key: string | null }[]>`SELECT image_key FROM users WHERE id = ${userId}::uuid FOR UPDATE`;
  await tx.user.update({ where: { id: userId }, data: { imageKey } });
  if (before?.image_key !== imageKey) await deleteObjectsLater(tx, [before?.image_key]);
  await raiseEvents(tx, [{ userId, event: { type: 'account' } }]);
}
