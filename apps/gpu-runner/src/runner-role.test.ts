/** What a runner's database role cannot do (R12): a stolen runner sees no person, no token and no style. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useHarness } from './testing/harness.ts';

const harness = useHarness();
let runner: pg.Client;
beforeAll(async () => {
  runner = new pg.Client({ connectionString: harness.database.runnerUrl });
  await runner.connect();
});
afterAll(() => runner.end());

/** The code with which each statement was refused; null when it was not. */
async function codes(statements: readonly string[]): Promise<Record<string, string | null>> {
  const seen: Record<string, string | null> = {};
  for (const sql of statements) seen[sql] = await runner.query(sql).then(() => null, (error: { code: string }) => error.code);
  return seen;
}
const PRIVILEGE = '42501';
const allRefused = (statements: readonly string[]): Record<string, string> => Object.fromEntries(statements.map((sql) => [sql, PRIVILEGE]));

describe('the role of a runner', () => {
  it('reads and writes no table of ours', async () => {
    const { rows } = await harness.sql.query<{ name: string }>(`SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'pgboss')`);
    expect(rows.length).toBeGreaterThan(20);
    const statements = rows.flatMap(({ name }) => [`SELECT 1 FROM ${name}`, `DELETE FROM ${name}`]);
    expect(await codes(statements)).toEqual(allRefused(statements));
  });
  it('calls no function of ours', async () => {
    const { rows } = await harness.sql.query<{ call: string }>(`
      SELECT format('%I.%I(%s)', n.nspname, p.proname, (SELECT string_agg('NULL::' || format_type(t, NULL), ', ') FROM unnest(p.proargtypes) AS t)) AS call
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      LEFT JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
      WHERE n.nspname IN ('public', 'runner', 'pgboss') AND d.objid IS NULL AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype AND p.proname <> 'job_now'`);
    expect(rows.length).toBeGreaterThan(3);
    const statements = rows.map(({ call }) => `SELECT ${call}`);
    expect(await codes(statements)).toEqual(allRefused(statements));
  });
  it('deletes nothing, makes nothing, changes no queue', async () => {
    const statements = [
      ...['job', 'job_common', 'queue', 'version', 'progress', 'presence', 'schedule'].map((table) => `DELETE FROM runner.${table}`),
      'TRUNCATE runner.job', 'CREATE TABLE runner.mine (id int)', 'CREATE TABLE public.mine (id int)', 'CREATE SCHEMA mine', 'CREATE ROLE mine',
      'UPDATE runner.queue SET notify = false', `INSERT INTO runner.queue (name) VALUES ('mine')`,
    ];
    expect(await codes(statements)).toEqual(allRefused(statements));
  });
  it('changes neither what a job asks for nor where it stands in line', async () => {
    const statements = ['data', 'priority', 'name', 'id', 'dead_letter', 'retry_limit', 'keep_until'].map((column) => `UPDATE runner.job_common SET ${column} = ${column}`);
    expect(await codes(statements)).toEqual(allRefused(statements));
  });
});
