import { RUNNER_QUEUES } from '@style-license/db/queues';
import pg from 'pg';
import { expect, it } from 'vitest';
import { createTestDatabase, useTestDatabase } from './test-database.ts';

const database = useTestDatabase();

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

it('is migrated, with the queues of the catalogue', async () => {
  const queues = await database.prisma.$queryRaw<{ name: string }[]>`SELECT name FROM runner.queue`;
  expect(queues.map(({ name }) => name).toSorted()).toEqual(RUNNER_QUEUES.map(({ name }) => name).toSorted());
  expect(await database.prisma.user.count()).toBe(0);
});

it('is a world of its own', async () => {
  const other = await createTestDatabase();
  await other.prisma.$executeRaw`CREATE TABLE only_there (id int)`;
  await expect(database.prisma.$queryRaw`SELECT * FROM only_there`).rejects.toThrow(/only_there/);
  await other.drop();
});

it('tells of a connection that was left open', async () => {
  const other = await createTestDatabase();
  const leak = await connect(other.url);
  leak.on('error', () => undefined); // ended from the other side, when the database is dropped under it
  await expect(other.drop()).rejects.toThrow('left 1 database connection');
});

it('shows a runner the queue and nothing else', async () => {
  const runner = await connect(database.runnerUrl);
  try {
    expect((await runner.query('SELECT count(*)::int AS jobs FROM runner.job')).rows).toEqual([{ jobs: 0 }]);
    await runner.query('SELECT name FROM runner.queue');
    for (const forbidden of [
      'SELECT * FROM users', 'SELECT * FROM wallets', 'SELECT * FROM transfers', 'SELECT * FROM sessions', 'SELECT * FROM jobs', 'SELECT * FROM styles', 'SELECT * FROM generations',
      'SELECT * FROM pgboss.job', 'DELETE FROM runner.job', 'TRUNCATE runner.job', 'DELETE FROM runner.progress', 'UPDATE runner.queue SET retry_limit = 9', 'INSERT INTO runner.queue (name) VALUES (\'x\')',
      `SELECT runner.create_queue('x', '{}')`, `SELECT runner.delete_queue('attempt.lost')`, 'CREATE TABLE runner.mine (id int)', 'CREATE TABLE public.mine (id int)',
      'ALTER ROLE style_license_test_runner CREATEROLE', 'SET ROLE style_license_test_owner', 'CREATE DATABASE mine',
    ]) await expect(runner.query(forbidden), forbidden).rejects.toThrow(/permission denied|must be owner/);
  } finally {
    await runner.end();
  }
});
