import { isNotFound } from '@style-license/object-store';
import { CodedError } from '@style-license/shared';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { avatarKey } from './person.ts';

const FILE = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.webp$/;

/** Profile images, under names that never change their content. */
export function registerAvatars(app: FastifyInstance, { store }: Deps): void {
  app.get<{ Params: { file: string } }>('/avatars/:file', async (request, reply) => {
    const { file } = request.params;
    if (!FILE.test(file)) throw new CodedError('NOT_FOUND');
    try {
      const { body, bytes } = await store.get(avatarKey(file));
      return await reply.type('image/webp').header('content-length', bytes).header('cache-control', 'public, max-age=31536000, immutable').send(body);
    } catch (error) {
      throw isNotFound(error) ? new CodedError('NOT_FOUND') : error;
    }
  });
}
