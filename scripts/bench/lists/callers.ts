/** The procedures as the page calls them, without the network: guards, limits, queries and DTOs, as one person. */
import { compose, type Composed } from '../../../apps/api/src/compose.ts';
import { readEnv } from '../../../apps/api/src/env.ts';
import { createLogger } from '../../../apps/api/src/platform/logger.ts';
import { Prisma } from '../../../apps/api/src/platform/database.ts';
import type { Deps } from '../../../apps/api/src/platform/deps.ts';
import { appRouter } from '../../../apps/api/src/trpc/app-router.ts';
import { createCallerFactory } from '../../../apps/api/src/trpc/index.ts';
import { PLANNED_ANEW } from '@style-license/db';
import pg from 'pg';
import type { Gallery } from './seed.ts';

const callerOf = createCallerFactory(appRouter);
export type Caller = ReturnType<typeof callerOf>;

export interface Callers {
  api: Caller;
  /** The SQL that a call wrote by hand, with its values. */
  sqlOf(call: (api: Caller) => Promise<unknown>): Promise<Prisma.Sql[]>;
  /** How Postgres carries it out by the plan that a connection keeps, which is the same for all values (docs/adr/0016). */
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
    explain: (sql) => composed.deps.db.$transaction(async (tx) => {
      if (sql.text.includes(PLANNED_ANEW)) return linesOf(await tx.$queryRaw(Prisma.sql`${EXPLAIN} ${sql}`));
      await tx.$executeRaw`SET LOCAL plan_cache_mode = force_generic_plan`;
      await tx.$executeRawUnsafe(`PREPARE explained AS ${sql.text}`);
      const values = sql.values.length === 0 ? '' : `(${sql.values.map(literal).join(', ')})`;
      const lines = linesOf(await tx.$queryRawUnsafe(`${EXPLAIN.text} EXECUTE explained${values}`));
      await tx.$executeRaw`DEALLOCATE explained`;
      return lines;
    }),
    close: composed.close,
  };
}

const EXPLAIN = Prisma.sql`EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF)`;
const linesOf = (rows: unknown): string[] => (rows as { 'QUERY PLAN': string }[]).map((row) => row['QUERY PLAN']);

/** A value as EXECUTE takes it: its type is that of the parameter. */
function literal(value: unknown): string {
  if (value === null) return 'NULL';
  if (Array.isArray(value)) return pg.escapeLiteral(`{${value.map((one) => (one === null ? 'NULL' : JSON.stringify(String(one)))).join(',')}}`);
  if (value instanceof Date) return pg.escapeLiteral(value.toISOString());
  if (typeof value === 'object') return pg.escapeLiteral(JSON.stringify(value));
  if (!['string', 'number', 'bigint', 'boolean'].includes(typeof value)) throw new Error(`a statement with a value of type ${typeof value}`);
  return pg.escapeLiteral(`${value as string | number | bigint | boolean}`);
}
