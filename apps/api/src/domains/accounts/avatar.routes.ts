import { isNotFound } from '@style-license/object-store';
import { CodedError, SMALL_AVATAR_PX } from '@style-license/shared';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { keepNarrowImages } from '../../platform/narrow-image.ts';
import { avatarKey } from './person.ts';

const FILE = new RegExp(`^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(-${SMALL_AVATAR_PX})?\\.webp$`);
const SMALL_KEPT_MAX_BYTES = 8 * 1024 * 1024;

/** Profile images, whole and small, under names that never change their content. */
export function registerAvatars(app: FastifyInstance, { store }: Deps): void {
  const narrowImage = keepNarrowImages(SMALL_KEPT_MAX_BYTES);
  const smallOf = async (key: string): Promise<{ body: Buffer; bytes: number }> => {
    // One that its owner took away is not shown from memory either.
    if ((await store.head(key)) === null) throw new CodedError('NOT_FOUND');
    const body = await narrowImage({ store }, key, SMALL_AVATAR_PX);
    return { body, bytes: body.length };
  };
  app.get<{ Params: { file: string } }>('/avatars/:file', async (request, reply) => {
    const [, id, small] = FILE.exec(request.params.file) ?? [];
    if (id === undefined) throw new CodedError('NOT_FOUND');
    const key = avatarKey(`${id}.webp`);
    try {
      const { body, bytes } = await (small === undefined ? store.get(key) : smallOf(key));
      return await reply.type('image/webp').header('content-length', bytes).header('cache-control', 'public, max-age=31536000, immutable').send(body);
    } catch (error) {
      throw isNotFound(error) ? new CodedError('NOT_FOUND') : error;
    }
  });
}
