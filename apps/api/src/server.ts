/** Composition root of the api process: HTTP, and in development or without S3 the disk store's own origin. */
import { createServer, type Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { createDiskStoreHandler, isDiskStore } from '@style-license/object-store';
import { compose } from './compose.ts';
import { readEnv, readEnvOrExit, type Env } from './env.ts';
import { buildApp } from './http/app.ts';
import { apiParts } from './parts.ts';
import type { Deps } from './platform/deps.ts';
import { endOnSignal } from './shutdown.ts';

/** Serves signed URLs of the disk store from an origin of its own (R27). Null where the store is S3. */
function createStoreServer({ store, env, log }: Deps): Server | null {
  if (!isDiskStore(store)) return null;
  const handle = createDiskStoreHandler(store, {
    appOrigins: [env.APP_ORIGIN, ...env.CORS_ORIGINS],
    onError: (error) => log.error({ err: error }, 'object store'),
  });
  return createServer((request, response) => void handle(request, response));
}

export interface RunningServer { deps: Deps; close(): Promise<void> }

export async function startServer(env: Env = readEnv(), overrides: Partial<Deps> = {}): Promise<RunningServer> {
  const composed = await compose(env, 'api', overrides);
  const { deps } = composed;
  const storeServer = createStoreServer(deps);
  let app: FastifyInstance | null = null;
  const close = async (): Promise<void> => {
    await app?.close();
    storeServer?.closeAllConnections();
    if (storeServer?.listening) await new Promise<void>((resolve) => storeServer.close(() => resolve()));
    await composed.close();
  };
  try {
    app = await buildApp(apiParts(deps));
    if (storeServer) {
      await new Promise<void>((resolve, reject) => {
        storeServer.once('error', reject);
        storeServer.listen(env.STORE_PORT, env.HOST, resolve);
      });
    }
    await app.listen({ port: env.PORT, host: env.HOST });
  } catch (error) {
    await close();
    throw error;
  }
  deps.log.info({ origin: env.APP_ORIGIN, store: deps.store.kind }, 'api ready');
  return { deps, close };
}

if (import.meta.main) {
  const { deps, close } = await startServer(readEnvOrExit());
  endOnSignal(deps.log, close);
}
