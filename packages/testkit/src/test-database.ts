import { randomBytes } from 'node:crypto';
import { createPrisma, type PrismaClient } from '@style-license/db';
import pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { databaseUrl, type TestPostgres } from './global-setup.ts';
import { waitFor } from './wait-for.ts';

export interface TestDatabase {
  name: string;
  /** The owner's URL: what api and worker get. */
  url: string;
  /** The restricted role's URL: what a runner gets (R12). */
  runnerUrl: string;
  /** A client as the owner, made at first use and closed by `drop`. */
  readonly prisma: PrismaClient;
  /** Drops it. Fails when the test left a connection open: a leak in a test is a leak in production. */
  drop(): Promise<void>;
}

/** Sessions may need a moment to be gone after `end()`; longer than this is a leak. */
const CLOSING_LIMIT_MS = 3_000;

/** A migrated database of one's own, cloned from the template: about 50 ms. */
export async function createTestDatabase(testPostgres: TestPostgres = inject('testPostgres')): Promise<TestDatabase> {
  const { adminUrl, template, owner, runner } = testPostgres;
  const name = `sl_test_${randomBytes(6).toString('hex')}`;
  await withAdmin(adminUrl, (admin) => admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER ${owner.name}`));
  const url = databaseUrl(adminUrl, name, owner);
  let prisma: PrismaClient | undefined;
  return {
    name,
    url,
    runnerUrl: databaseUrl(adminUrl, name, runner),
    get prisma() {
      prisma ??= createPrisma(url, { applicationName: 'test', maxConnections: 5 });
      return prisma;
    },
    drop: async () => {
      await prisma?.$disconnect();
      await withAdmin(adminUrl, async (admin) => {
        const left = await leftConnections(admin, name);
        await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
        if (left.length > 0) throw new Error(`The test left ${left.length} database connection(s) open:\n${left.join('\n')}`);
      });
    },
  };
}

/** The same for a whole test file: made before its tests, dropped after them. Read its properties inside tests and hooks only. */
export function useTestDatabase(): TestDatabase {
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await database?.drop();
  });
  const made = (): TestDatabase => {
    if (!database) throw new Error('The test database exists inside tests and hooks only.');
    return database;
  };
  return {
    get name() { return made().name; },
    get url() { return made().url; },
    get runnerUrl() { return made().runnerUrl; },
    get prisma() { return made().prisma; },
    drop: () => made().drop(),
  };
}

async function leftConnections(admin: pg.Client, database: string): Promise<string[]> {
  const look = async () => {
    const { rows } = await admin.query<{ line: string }>(
      `SELECT format('%s as %s, %s: %s', application_name, usename, state, left(query, 120)) AS line
       FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
      [database],
    );
    return rows.map(({ line }) => line);
  };
  let left = await look();
  if (left.length === 0) return [];
  await waitFor('connections to close', async () => (left = await look()).length === 0, { timeoutMs: CLOSING_LIMIT_MS }).catch(() => undefined);
  return left;
}

async function withAdmin(url: string, action: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client({ connectionString: url, application_name: 'testkit' });
  await admin.connect();
  try {
    await action(admin);
  } finally {
    await admin.end();
  }
}
