/** The database: the generated client, how to open it, how its schema comes about. */
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';
import { statementNames } from './statement-names.ts';

export * from './generated/client.ts';
export { migrate } from './migrate.ts';
export { PLANNED_ANEW } from './statement-names.ts';
export { ensureRunnerLogin, RUNNER_GROUP } from './runner-role.ts';

export interface DatabaseOptions {
  /** Shown in pg_stat_activity. */
  applicationName?: string;
  maxConnections?: number;
  /** The server ends a statement that runs longer; 0 or nothing: no limit. */
  statementTimeoutMs?: number;
  /** … that waits longer for a lock. */
  lockTimeoutMs?: number;
  /** … and a session that sits in an open transaction. */
  idleInTransactionTimeoutMs?: number;
  connectTimeoutMs?: number;
}

/** Opens a pool behind a Prisma client; `$disconnect()` closes it. */
export function createPrisma(url: string, options: DatabaseOptions = {}): PrismaClient {
  const adapter = new PrismaPg({
    connectionString: url,
    application_name: options.applicationName ?? 'style-license',
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: options.statementTimeoutMs ?? 0,
    lock_timeout: options.lockTimeoutMs ?? 0,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 0,
  }, { statementNameGenerator: statementNames() });
  return new PrismaClient({ adapter });
}
