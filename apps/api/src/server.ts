/** Composition root of the api process: HTTP, and in development or without S3 the disk store's own origin. */
import { createServer, type Server } from 'node:http';
import { createDiskStoreHandler, isDiskStore } from '@style-license/object-store';
import { compose } from './compose.ts';
import { readEnv } from './env.ts';
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

export async function startServer(env = readEnv()): Promise<{ close: () => Promise<void> }> {
  const composed = await compose(env, 'api');
  const { deps } = composed;
  const app = await buildApp(apiParts(deps));
  const storeServer = createStoreServer(deps);
  const close = async (): Promise<void> => {
    await app.close();
    storeServer?.closeAllConnections();
    await new Promise<void>((resolve) => (storeServer ? storeServer.close(() => resolve()) : resolve()));
    await composed.close();
  };
  try {
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
  return { close };
}

if (import.meta.main) {
  const env = (() => {
    try {
      return readEnv();
    } catch (error) {
      process.stderr.write(`${(error as Error).message}\n`);
      return process.exit(78); // EX_CONFIG
    }
  })();
  const { createLogger } = await import('./platform/logger.ts');
  const { close } = await startServer(env);
  endOnSignal(createLogger({ level: env.LOG_LEVEL, service: 'api' }), close);
}
