/**
 * What a runner's database role may do (R12): read queues, read and write queue rows, progress and its own presence. It sees
 * no user, no token and no style. The rights hang on a group role, so that runner logins can be rotated with two valid at once.
 */
import { RUNNER_SCHEMA } from '@style-license/shared/server';
import pg from 'pg';

/** Holds the rights; nobody signs in as it. */
export const RUNNER_GROUP = 'style_license_runner';

/**
 * What claiming, touching and completing write. Not among them: what a job asks for, whose turn it is, where it goes when it is
 * lost. (`blocked` and `pending_dependencies` are rewritten with their own values by pg-boss's complete.)
 */
const CLAIM_COLUMNS = 'state, started_on, heartbeat_on, retry_count, completed_on, output, blocked, pending_dependencies';

const { escapeIdentifier, escapeLiteral } = pg;
const group = escapeIdentifier(RUNNER_GROUP);

/** Postgres lets everybody call a new function; migrations add some now and then. Those of extensions belong to somebody else. */
const FUNCTIONS_OF_OURS_ARE_OURS = `
  DO $$ DECLARE routine regprocedure; BEGIN
    FOR routine IN
      SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      LEFT JOIN pg_depend d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
      WHERE n.nspname IN ('public', 'pgboss') AND p.proowner = current_user::regrole AND d.objid IS NULL
    LOOP
      EXECUTE format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', routine);
    END LOOP;
  END $$`;

/** Gives the group its rights in this database; the whole list, so that a right taken out of it here is taken away there. */
export async function grantRunner(client: pg.Client): Promise<void> {
  await createRole(client, RUNNER_GROUP, 'NOLOGIN');
  // pg-boss keeps rows in partitions of `job` and writes to them by their own names.
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p') AND (relname = 'job' OR relname IN (SELECT table_name FROM runner.queue))`,
    [RUNNER_SCHEMA],
  );
  const jobTables = rows.map(({ name }) => `${RUNNER_SCHEMA}.${escapeIdentifier(name)}`).join(', ');
  await client.query(FUNCTIONS_OF_OURS_ARE_OURS);
  await client.query(`
    BEGIN;
    REVOKE ALL ON ALL TABLES IN SCHEMA ${RUNNER_SCHEMA} FROM ${group};
    REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ${RUNNER_SCHEMA} FROM PUBLIC, ${group};
    GRANT USAGE ON SCHEMA ${RUNNER_SCHEMA} TO ${group};
    GRANT SELECT ON ${RUNNER_SCHEMA}.queue, ${RUNNER_SCHEMA}.version TO ${group};
    GRANT SELECT, INSERT, UPDATE (${CLAIM_COLUMNS}) ON ${jobTables} TO ${group};
    GRANT SELECT, INSERT, UPDATE ON ${RUNNER_SCHEMA}.progress, ${RUNNER_SCHEMA}.presence TO ${group};
    GRANT SELECT ON ${RUNNER_SCHEMA}.job_dependency TO ${group};
    GRANT EXECUTE ON FUNCTION ${RUNNER_SCHEMA}.job_now() TO ${group};
    COMMIT;`);
}

/** Makes or updates a login with the runner's rights. Two may be valid at once, so that runners change over without a pause. */
export async function ensureRunnerLogin(ownerUrl: string, login: { name: string; password: string }): Promise<void> {
  await asOwner(ownerUrl, async (client) => {
    await createRole(client, login.name, 'LOGIN');
    await client.query(`ALTER ROLE ${escapeIdentifier(login.name)} LOGIN PASSWORD ${escapeLiteral(login.password)}`);
    await client.query(`GRANT ${group} TO ${escapeIdentifier(login.name)}`);
  });
}

/** Logins with the runner's rights, and how many connections each has now: one with none is no longer used. */
export async function listRunnerLogins(ownerUrl: string): Promise<{ name: string; connections: number }[]> {
  return await asOwner(ownerUrl, async (client) => {
    const { rows } = await client.query<{ name: string; connections: number }>(
      `SELECT r.rolname AS name, (SELECT count(*) FROM pg_stat_activity a WHERE a.usename = r.rolname)::int AS connections
       FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member JOIN pg_roles g ON g.oid = m.roleid
       WHERE g.rolname = $1 AND r.rolcanlogin ORDER BY r.rolname`,
      [RUNNER_GROUP],
    );
    // Whoever made the group is its member as well, and no runner.
    const { rows: [me] } = await client.query<{ name: string }>('SELECT current_user AS name');
    return rows.filter(({ name }) => name !== me!.name);
  });
}

/** Takes a login away, at once: its connections end. A runner that still has it only asks again and again. */
export async function dropRunnerLogin(ownerUrl: string, name: string): Promise<void> {
  if (!(await listRunnerLogins(ownerUrl)).some((login) => login.name === name)) throw new Error(`${name} is no login of a runner.`);
  await asOwner(ownerUrl, async (client) => {
    const role = escapeIdentifier(name);
    await client.query(`ALTER ROLE ${role} NOLOGIN`);
    // Ending somebody's connections takes their rights.
    await client.query(`GRANT ${role} TO CURRENT_USER`);
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [name]);
    await client.query(`DROP ROLE ${role}`);
  });
}

async function asOwner<T>(ownerUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'style-license runner role' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Roles belong to the whole cluster: another database's migration may make the same one at the same moment. */
async function createRole(client: pg.Client, name: string, kind: 'LOGIN' | 'NOLOGIN'): Promise<void> {
  await client.query(`
    DO $$ BEGIN
      CREATE ROLE ${escapeIdentifier(name)} ${kind};
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$`);
}
