/** The procedures as the page calls them, without the network: guards, limits, queries and DTOs, as one person. */
import { compose, type Composed } from '../../../apps/api/src/compose.ts';
import { readEnv } from '../../../apps/api/src/env.ts';
import { createLogger } from '../../../apps/api/src/platform/logger.ts';
import { Prisma } from '../../../apps/api/src/platform/database.ts';
import type { Deps } from '../../../apps/api/src/platform/deps.ts';
import { appRouter } from '../../../apps/api/src/trpc/app-router.ts';
import { createCallerFactory } from '../../../apps/api/src/trpc/index.ts';
import type { Gallery } from './seed.ts';

const callerOf = createCallerFactory(appRouter);
export type Caller = ReturnType<typeof callerOf>;

export interface Callers {
  api: Caller;
  /** The SQL that a call wrote by hand, with its values. */
  sqlOf(call: (api: Caller) => Promise<unknown>): Promise<Prisma.Sql[]>;
  explain(sql: Prisma.Sql): Promise<string[]>;
  close(): Promise<void>;
}

export async function openCallers(databaseUrl: string, dataDir: string, gallery: Gallery): Promise<Callers> {
  const env = readEnv({ NODE_ENV: 'test', DATABASE_URL: databaseUrl, DATA_DIR: dataDir, LOG_LEVEL: 'silent', APP_ORIGIN: 'http://localhost:3000', RATE_LIMIT_FACTOR: '1000000' });
  const composed: Composed = await compose(env, 'api', { log: createLogger({ level: 'silent', service: 'bench' }) });
  const as = (deps: Deps): Caller => callerOf({
    deps, log: deps.log, requestId: 'bench', ip: '127.0.0.1', userAgent: null, sessionId: 'session', setCookie: () => undefined, setHeader: () => undefined, counted: new Map(),
    user: { id: gallery.viewerId, username: gallery.viewerName, role: 'user', pool: 'user', locale: 'en', isArtist: true, emailVerified: true },
  });
  return {
    api: as(composed.deps),
    sqlOf: async (call) => {
      const written: Prisma.Sql[] = [];
      const db = new Proxy(composed.deps.db, {
        get: (target, name) => {
          const own: unknown = Reflect.get(target, name, target);
          if (name !== '$queryRaw') return own;
          return (first: TemplateStringsArray | Prisma.Sql, ...values: unknown[]) => {
            const sql = first instanceof Prisma.Sql ? first : Prisma.sql(first, ...values);
            written.push(sql);
            return target.$queryRaw(sql);
          };
        },
      });
      await call(as({ ...composed.deps, db }));
      return written;
    },
    explain: async (sql) => (await composed.deps.db.$queryRaw<{ 'QUERY PLAN': string }[]>(Prisma.sql`EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) ${sql}`)).map((row) => row['QUERY PLAN']),
    close: composed.close,
  };
}
