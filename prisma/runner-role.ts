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

/** Gives the group its rights in this database; the whole list, so that a right taken out of it here is taken away there. */
export async function grantRunner(client: pg.Client): Promise<void> {
  await createRole(client, RUNNER_GROUP, 'NOLOGIN');
  // pg-boss keeps rows in partitions of `job` and writes to them by their own names.
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p') AND (relname = 'job' OR relname IN (SELECT table_name FROM runner.queue))`,
    [RUNNER_SCHEMA],
  );
  const jobTables = rows.map(({ name }) => `${RUNNER_SCHEMA}.${escapeIdentifier(name)}`).join(', ');
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

/** Makes or updates a login with the runner's rights. Two may be valid at once; an old one goes with DROP ROLE. */
export async function ensureRunnerLogin(ownerUrl: string, login: { name: string; password: string }): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'style-license runner role' });
  await client.connect();
  try {
    await createRole(client, login.name, 'LOGIN');
    await client.query(`ALTER ROLE ${escapeIdentifier(login.name)} LOGIN PASSWORD ${escapeLiteral(login.password)}`);
    await client.query(`GRANT ${group} TO ${escapeIdentifier(login.name)}`);
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
