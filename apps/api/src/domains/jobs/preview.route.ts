import { CodedError, uuid } from '@style-license/shared';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { previewFor } from './progress.queries.ts';

/** Who asks, by the session cookie; handed in at composition. It may renew the session. */
export type Authenticate = (request: FastifyRequest, setCookie: (serialised: string) => void) => Promise<{ user: { id: string } } | null>;

/** The newest preview of a running job, for its owner; never cached, gone when the job ends (R10). */
export const registerPreviewRoute = (authenticate: Authenticate) => (app: FastifyInstance, deps: Deps): void => {
  app.get<{ Params: { jobId: string } }>('/previews/:jobId', async (request, reply) => {
    const who = await authenticate(request, (serialised) => void reply.header('set-cookie', serialised));
    if (!who) throw new CodedError('UNAUTHORIZED');
    const { jobId } = request.params;
    const preview = uuid.safeParse(jobId).success ? await previewFor(deps.db, jobId, who.user.id) : null;
    if (!preview) throw new CodedError('NOT_FOUND');
    return await reply.headers({ 'cache-control': 'no-store', 'content-type': 'image/webp' }).send(Buffer.from(preview));
  });
};
