/**
 * Access to Postgres. `Database` is the client, `Tx` what runs inside a transaction; reads that work in both take `Reader`.
 */
import { createPrisma, Prisma, type PrismaClient } from '@style-license/db';
import { setTimeout as delay } from 'node:timers/promises';

export type Database = PrismaClient;
export type Tx = Prisma.TransactionClient;
/** For reads: inside or outside a transaction. */
export type Reader = Tx;
export { Prisma };

/**
 * `column` is one of these ids. For one id as an equation: a list of unknown length is taken for ten rows, which makes the plan for all
 * parameters look dearer than planning anew, so that Postgres would plan anew for ever (docs/adr/0016).
 */
export function oneOf(column: Prisma.Sql, ids: readonly string[]): Prisma.Sql {
  const [only] = ids;
  return ids.length === 1 ? Prisma.sql`${column} = ${only}::uuid` : Prisma.sql`${column} = ANY (${[...ids]}::uuid[])`;
}

/**
 * A number of rows as part of a statement's text. As a parameter it is not known to the plan for all parameters, which is then made for a
 * tenth of the table and looks dearer than planning anew. There are at most as many texts as page sizes.
 */
export function rowLimit(count: number): Prisma.Sql {
  if (!Number.isSafeInteger(count) || count < 0) throw new Error(`${count} is no number of rows`);
  return Prisma.raw(String(count));
}

/**
 * The first rows of `ordered`, which ends with its ORDER BY, walked in the order of its index. By the plan for all parameters a person has as many
 * rows as people have on average: fewer than a page, so that Postgres would fetch all that one has and sort it. A limit that it does
 * not know makes it count on a tenth of them, which an index in order gives at once; the second one tells what comes after how few there are.
 */
export const firstInOrder = (ordered: Prisma.Sql, count: number): Prisma.Sql =>
  Prisma.sql`SELECT * FROM (${ordered} LIMIT (SELECT ${rowLimit(count)})) AS ordered LIMIT ${rowLimit(count)}`;

/** A request never waits longer for Postgres than this; a worker's batch may take more. */
const STATEMENT_TIMEOUT_MS = { api: 10_000, worker: 60_000 } as const;
const LOCK_TIMEOUT_MS = 5_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000;
/** For a connection of the pool to be free. */
const CONNECTION_WAIT_MS = 5_000;

export function openDatabase(url: string, options: { role: 'api' | 'worker'; maxConnections: number; connectionWaitMs?: number }): Database {
  return createPrisma(url, {
    applicationName: `style-license ${options.role}`,
    maxConnections: options.maxConnections,
    connectTimeoutMs: options.connectionWaitMs ?? CONNECTION_WAIT_MS,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS[options.role],
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    idleInTransactionTimeoutMs: IDLE_IN_TRANSACTION_TIMEOUT_MS,
  });
}

const TRANSACTION_TIMEOUT_MS = 15_000;
const RETRIES = 4;
const RETRY_BASE_MS = 10;

/**
 * Runs `fn` in one READ COMMITTED transaction. It is run again only when Postgres itself asks for that (a deadlock or a
 * serialisation failure) or when what it drew at random is taken, so `fn` must have no effect outside the database: effects go out by queue rows and NOTIFY.
 */
export async function transaction<T>(db: Database, fn: (tx: Tx) => Promise<T>, { againWhenTaken = [] }: { /** Unique indexes over values that `fn` draws at random. */ againWhenTaken?: readonly string[] } = {}): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      // READ COMMITTED is what Postgres begins with; to say so would be a round trip of its own.
      return await db.$transaction(fn, {
        maxWait: CONNECTION_WAIT_MS,
        timeout: TRANSACTION_TIMEOUT_MS,
      });
    } catch (error) {
      const drawnAgain = againWhenTaken.includes(violatedConstraint(error) ?? '');
      if (attempt > RETRIES || !(drawnAgain || isRetriable(error))) throw error;
      await delay(RETRY_BASE_MS * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

const RETRIABLE_SQLSTATES = new Set(['40001', '40P01']);

function isRetriable(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2034') return true;
  const state = sqlState(error);
  return state !== null && RETRIABLE_SQLSTATES.has(state);
}

interface DriverCause { kind?: unknown; originalCode?: unknown; originalMessage?: unknown; code?: unknown; constraint?: { index?: unknown; fields?: unknown } }

function driverCause(error: unknown): DriverCause | null {
  if (!(error instanceof Error)) return null;
  const meta = (error as { meta?: { driverAdapterError?: { cause?: DriverCause } } }).meta;
  return meta?.driverAdapterError?.cause ?? (error.name === 'DriverAdapterError' ? (error.cause as DriverCause | null) : null) ?? null;
}

/** Postgres's own five-character code, or null when the error is not Postgres's. */
export function sqlState(error: unknown): string | null {
  const cause = driverCause(error);
  const code = cause?.originalCode ?? cause?.code;
  return typeof code === 'string' ? code : null;
}

/** P2028: no transaction could be begun in time, or it took too long. */
const AWAY_PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);
const AWAY_KINDS = new Set<unknown>(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);
/** Postgres is shutting down or starting up, has no connection left, the connection broke, or our own limits on a statement or a lock ended the wait. */
const AWAY_SQLSTATES = /^(?:57P0[1-3]|57014|55P03|53300|08...)$/;
const AWAY_MESSAGES = /timeout exceeded when trying to connect|Connection terminated|ECONNREFUSED|ECONNRESET/;

/** No answer from Postgres, whatever was asked: it is down, starting, or has more to do than it can. Asking again later may help. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof Prisma.PrismaClientKnownRequestError && AWAY_PRISMA_CODES.has(error.code)) return true;
  return AWAY_KINDS.has(driverCause(error)?.kind) || AWAY_SQLSTATES.test(sqlState(error) ?? '') || AWAY_MESSAGES.test(error.message);
}

/** The name of the constraint that refused a row, or null. */
export function violatedConstraint(error: unknown): string | null {
  const cause = driverCause(error);
  if (!cause) return null;
  if (typeof cause.constraint?.index === 'string') return cause.constraint.index;
  const message = typeof cause.originalMessage === 'string' ? cause.originalMessage : '';
  return /constraint "([^"]+)"/.exec(message)?.[1] ?? null;
}
