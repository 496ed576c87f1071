/**
 * Before a run: one Postgres for all test files, in a temporary folder (or TEST_DATABASE_URL, a role that may create databases and
 * roles), and in it one migrated template database, from which each test file clones its own.
 */
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, readMigrations } from '@style-license/db/migrate';
import { ensureRunnerLogin } from '@style-license/db/runner-role';
import { startPostgres } from '@style-license/local-postgres';
import pg from 'pg';
import type { TestProject } from 'vitest/node';

export interface TestPostgres {
  /** May create databases and see every session. */
  adminUrl: string;
  template: string;
  owner: Login;
  runner: Login;
}
export interface Login { name: string; password: string }

declare module 'vitest' {
  export interface ProvidedContext { testPostgres: TestPostgres }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { testPostgres, stop } = await startTestPostgres();
  project.provide('testPostgres', testPostgres);
  return stop;
}

export async function startTestPostgres(): Promise<{ testPostgres: TestPostgres; stop: () => Promise<void> }> {
  const external = process.env['TEST_DATABASE_URL'];
  if (external) return { testPostgres: await prepare(external), stop: async () => undefined };

  const folder = await mkdtemp(join(tmpdir(), 'style-license-test-'));
  await chmod(folder, 0o755); // as root Postgres runs as another user, who must get there
  const server = await startPostgres({ home: join(folder, 'postgres'), durable: false, maxConnections: 300 });
  const stop = async () => {
    await server.stop();
    await rm(server.home, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { testPostgres: await prepare(server.superuserUrl()), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepare(adminUrl: string): Promise<TestPostgres> {
  const admin = new pg.Client({ connectionString: adminUrl, application_name: 'testkit setup' });
  await admin.connect();
  try {
    const password = randomBytes(12).toString('hex');
    // The application runs as the owner of its database, not as a superuser, as on a real server.
    const owner = { name: 'style_license_test_owner', password };
    const runner = { name: 'style_license_test_runner', password };
    await admin.query(`
      DO $$ BEGIN
        CREATE ROLE ${owner.name} LOGIN CREATEROLE;
      EXCEPTION WHEN duplicate_object THEN NULL;
      END $$`);
    await admin.query(`ALTER ROLE ${owner.name} PASSWORD '${password}'`);

    const template = `sl_template_${await schemaHash()}`;
    const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (!rowCount) {
      // Made under another name and renamed when whole: a run killed here leaves no half template behind.
      const unfinished = `${template}_new`;
      await admin.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
      await admin.query(`CREATE DATABASE ${unfinished} OWNER ${owner.name}`);
      await migrate(databaseUrl(adminUrl, unfinished, owner));
      await admin.query(`ALTER DATABASE ${unfinished} RENAME TO ${template}`);
    }
    await ensureRunnerLogin(databaseUrl(adminUrl, 'postgres', owner), runner);
    return { adminUrl, template, owner, runner };
  } finally {
    await admin.end();
  }
}

/** Everything that makes the template what it is. */
async function schemaHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const { name, checksum } of await readMigrations()) hash.update(`${name} ${checksum}\n`);
  for (const file of ['migrate.ts', 'queues.ts', 'runner-role.ts']) hash.update(await readFile(new URL(`../../../prisma/${file}`, import.meta.url)));
  hash.update(await readFile(new URL('../../shared/src/server/catalogue.ts', import.meta.url)));
  return hash.digest('hex').slice(0, 16);
}

/** The same server, another database and login. */
export function databaseUrl(url: string, database: string, login?: Login): string {
  const result = new URL(url);
  result.pathname = `/${database}`;
  if (login) {
    result.username = login.name;
    result.password = login.password;
  }
  return result.href;
}
