/**
 * Brings a database to this code's schema: our migrations, then the queue's schemas, queues and grants.
 *
 * Prisma's own `migrate deploy` needs a schema engine from the network. This does the same with nothing but `pg`: it takes
 * Prisma's advisory lock, runs each migration.sql in one transaction and notes its sha256 in `_prisma_migrations`, so that
 * `prisma migrate deploy` recognises the history wherever it can run.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { installQueues } from './queues.ts';
import { grantRunner } from './runner-role.ts';

/** The key that Prisma's own migrate uses: the two exclude each other. */
const ADVISORY_LOCK = 72_707_369;

export interface Migration { name: string; sql: string; checksum: string }

/** The migrations of this code, oldest first. */
export async function readMigrations(folder = join(import.meta.dirname, 'migrations')): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).toSorted();
  return await Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** Applies what is missing; returns the names of what it applied. Safe to call from several processes at once. */
export async function migrate(url: string, migrations?: Migration[]): Promise<string[]> {
  const wanted = migrations ?? (await readMigrations());
  const client = new pg.Client({ connectionString: url, application_name: 'style-license migrate' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK]);
    const applied = await applyMigrations(client, wanted);
    await installQueues(url);
    await grantRunner(client);
    return applied;
  } finally {
    await client.end(); // gives the lock back
  }
}

async function applyMigrations(client: pg.Client, wanted: Migration[]): Promise<string[]> {
  await client.query(`
    CREATE TABLE IF NOT EXISTS _prisma_migrations (
      id                  varchar(36) PRIMARY KEY NOT NULL,
      checksum            varchar(64) NOT NULL,
      finished_at         timestamptz,
      migration_name      varchar(255) NOT NULL,
      logs                text,
      rolled_back_at      timestamptz,
      started_at          timestamptz NOT NULL DEFAULT now(),
      applied_steps_count integer NOT NULL DEFAULT 0
    )`);
  const { rows } = await client.query<{ migration_name: string; checksum: string }>(
    'SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  const done = new Map(rows.map((row) => [row.migration_name, row.checksum]));
  refuseForeignHistory(done, wanted);

  const applied: string[] = [];
  for (const migration of wanted.filter(({ name }) => !done.has(name))) {
    await client.query('BEGIN');
    try {
      await client.query(migration.sql);
      await client.query(
        `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count) VALUES ($1, $2, clock_timestamp(), $3, 1)`,
        [randomUUID(), migration.checksum, migration.name],
      );
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw new Error(`Migration ${migration.name} failed and was rolled back: ${(error as Error).message}`, { cause: error });
    }
    applied.push(migration.name);
  }
  return applied;
}

/** A changed or unknown migration means another history; guessing on would damage data. */
function refuseForeignHistory(done: Map<string, string>, wanted: Migration[]): void {
  const known = new Map(wanted.map(({ name, checksum }) => [name, checksum]));
  for (const [name, checksum] of done) {
    const mine = known.get(name);
    if (!mine) throw new Error(`The database has the migration ${name}, which this version does not know: it was made by a newer or another version.`);
    if (mine !== checksum) throw new Error(`The migration ${name} was changed after it had been applied to this database. Write a new migration instead of changing one.`);
  }
}

if (import.meta.main) {
  const url = process.env['DATABASE_URL'];
  if (!url) throw new Error('Set DATABASE_URL to the database to migrate. (`npm start` migrates its own by itself.)');
  const applied = await migrate(url);
  process.stdout.write(applied.length > 0 ? `Applied ${applied.join(', ')}.\n` : 'Nothing to apply.\n');
}
