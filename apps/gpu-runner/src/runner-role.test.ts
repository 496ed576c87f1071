/** What a runner's database role cannot do (R12): a stolen runner sees no person, no token and no style. */
import { dropRunnerLogin, ensureRunnerLogin, listRunnerLogins } from '@style-license/db/runner-role';
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
  it('becomes nobody else, and reads no password', async () => {
    const { rows: [owner] } = await harness.sql.query<{ name: string }>('SELECT current_user AS name');
    const statements = [`SET ROLE ${owner!.name}`, 'SELECT rolpassword FROM pg_authid', `ALTER ROLE ${owner!.name} PASSWORD 'mine'`, `COPY (SELECT 1) TO PROGRAM 'true'`, `SELECT pg_read_file('/etc/passwd')`];
    expect(await codes(statements)).toEqual(allRefused(statements));
  });
});

describe('logins of runners', () => {
  const login = (name: string, password = name): { name: string; password: string; url: string } => {
    const url = new URL(harness.database.url);
    url.username = name;
    url.password = password;
    return { name, password, url: url.href };
  };
  const canConnect = async (url: string): Promise<boolean> => {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.query('SELECT 1 FROM runner.queue');
      return true;
    } catch (error) {
      expect((error as { code: string }).code).toBe('28P01');
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  };

  it('rotate without a pause: two are valid at once, the old one ends with its connections, the jobs go on', async () => {
    const suffix = crypto.randomUUID().slice(0, 8);
    const [first, second] = [login(`runner_old_${suffix}`), login(`runner_new_${suffix}`)];
    await ensureRunnerLogin(harness.database.url, first);
    const before = await harness.startRunner({ RUNNER_DATABASE_URL: first.url });
    const job = await harness.generate(await harness.generationSpec());
    expect((await harness.finished(job)).runnerId).toBe(before.id);

    await ensureRunnerLogin(harness.database.url, second);
    expect(await Promise.all([canConnect(first.url), canConnect(second.url)])).toEqual([true, true]);
    const after = await harness.startRunner({ RUNNER_DATABASE_URL: second.url });
    await before.stop(5_000);
    const listed = (await listRunnerLogins(harness.database.url)).filter(({ name }) => name.endsWith(suffix));
    expect(listed.map(({ name }) => name)).toEqual([second.name, first.name]);
    expect(listed[0]!.connections).toBeGreaterThan(0);

    const idle = new pg.Client({ connectionString: first.url });
    idle.on('error', () => undefined);
    await idle.connect();
    await dropRunnerLogin(harness.database.url, first.name);
    await expect(idle.query('SELECT 1')).rejects.toThrow(/terminat|not queryable|closed/i);
    expect(await canConnect(first.url)).toBe(false);
    expect((await harness.finished(await harness.generate(await harness.generationSpec()))).runnerId).toBe(after.id);
    await after.stop(5_000);
    await dropRunnerLogin(harness.database.url, second.name);
  });

  it('a new password replaces the old one; what is no runner is not dropped', async () => {
    const name = `runner_pw_${crypto.randomUUID().slice(0, 8)}`;
    await ensureRunnerLogin(harness.database.url, { name, password: 'one' });
    await ensureRunnerLogin(harness.database.url, { name, password: 'two' });
    expect(await Promise.all([canConnect(login(name, 'one').url), canConnect(login(name, 'two').url)])).toEqual([false, true]);
    await dropRunnerLogin(harness.database.url, name);
    const { rows: [owner] } = await harness.sql.query<{ name: string }>('SELECT current_user AS name');
    await expect(dropRunnerLogin(harness.database.url, owner!.name)).rejects.toThrow(/no login of a runner/);
  });
});
