/** The runner's connections, as its restricted role: one small pool, kept warm. */
import { setTimeout as delay } from 'node:timers/promises';
import { RUNNER_SCHEMA } from '@style-license/shared/server';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';

/** Anything SQL can be sent to: the pool, or one connection within a transaction. pg-boss takes the same shape. */
export interface Sql {
  executeSql: (text: string, values?: unknown[]) => Promise<{ rows: unknown[] }>;
}

export interface Database extends Sql {
  url: string;
  transaction: <T>(work: (tx: Sql) => Promise<T>) => Promise<T>;
  close: () => Promise<void>;
}

const POOL_SIZE = 6;
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 15_000;

export function openDatabase(url: string, name: string, log: Logger): Database {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `runner ${name}`,
    max: POOL_SIZE,
    // A claim must not wait for a connection to be made.
    min: 2,
    idleTimeoutMillis: 60_000,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + 5_000,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced at the next query; unheard, this event would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection broke'));
  return {
    url,
    executeSql: (text, values) => pool.query(text, values),
    transaction: (work) => inTransaction(pool, work),
    close: () => pool.end(),
  };
}

async function inTransaction<T>(pool: pg.Pool, work: (tx: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // The pool hears only its idle connections: one that breaks between two statements would end the process. The next statement fails.
  const onBreak = (error: Error): void => void (broken = error);
  client.on('error', onBreak);
  try {
    await client.query('BEGIN');
    const result = await work({ executeSql: (text, values) => client.query(text, values) });
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => (broken = rollbackError));
    throw error;
  } finally {
    client.removeListener('error', onBreak);
    // Thrown away, it may break once more.
    if (broken) client.on('error', () => undefined);
    client.release(broken);
  }
}

/** pg-boss on our pool, as a client only: it makes no schema, watches no queue and keeps no schedule (R3). */
export async function openQueue(database: Database, log: Logger): Promise<PgBoss> {
  const boss = new PgBoss({ db: { executeSql: database.executeSql }, schema: RUNNER_SCHEMA, migrate: false, createSchema: false, supervise: false, schedule: false });
  boss.on('error', (error) => log.warn({ err: error }, 'queue client'));
  await boss.start();
  return boss;
}

/** SQLSTATE classes of a server that is away, starting, stopping or full; any other is an answer. */
const AWAY_STATE = /^(08|57P|53)[0-9A-Z]+$/;
/** How Node names a network that fails: ECONNREFUSED, ECONNRESET, ETIMEDOUT, ENOTFOUND, EAI_AGAIN, EPIPE … */
const NETWORK_CODE = /^E[A-Z_]+$/;
/** What pg says, without any code, when a connection breaks under a query or cannot be had. */
const AWAY_MESSAGE = /connection (terminated|ended|error|timed? ?out)|terminating connection|timeout exceeded|read timeout|not queryable/i;

/** Whether the database could not be asked, as opposed to having answered with an error. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? AWAY_STATE.test(code) || NETWORK_CODE.test(code) : AWAY_MESSAGE.test(error.message);
}

/** Asks until the database answers; only `signal` ends it early. @throws what the database answered */
export async function untilAnswered<T>(ask: () => Promise<T>, log: Logger, signal: AbortSignal): Promise<T> {
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 3_000)) {
    try {
      return await ask();
    } catch (error) {
      if (!isAway(error) || signal.aborted) throw error;
      log.warn({ err: error, waitMs }, 'the database does not answer; asking again');
      await delay(waitMs, undefined, { signal });
    }
  }
}
