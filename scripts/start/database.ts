import { join } from 'node:path';
import { migrate } from '@style-license/db/migrate';
import { ensureRunnerLogin } from '@style-license/db/runner-role';
import { startPostgres } from '@style-license/local-postgres';
import pg from 'pg';
import { withLogin } from '../lib/with-login.ts';
import type { Secrets } from './secrets.ts';
import type { StartSettings } from './settings.ts';

export interface StartedDatabase {
  url: string;
  runnerUrl: string;
  /** One line for the person who started it. */
  description: string;
  /** It was running before: somebody else's to stop. */
  adopted: boolean;
  stop(): Promise<void>;
}

const OWNER = 'style_license';
const DATABASE = 'style_license';
const RUNNER_LOGIN = 'style_license_runner_1';

/** Your Postgres where DATABASE_URL names one, else the embedded one; migrated, with a runner's restricted login. */
export async function startDatabase(settings: StartSettings, secrets: Secrets): Promise<StartedDatabase> {
  if (settings.databaseUrl) {
    await migrate(settings.databaseUrl);
    const runnerUrl = settings.runnerDatabaseUrl ?? (await makeRunnerUrl(settings.databaseUrl, secrets));
    return { url: settings.databaseUrl, runnerUrl, description: new URL(settings.databaseUrl).host, adopted: true, stop: async () => undefined };
  }
  const server = await startPostgres({ home: join(settings.dataDir, 'postgres') });
  try {
    await makeOwnerAndDatabase(server.superuserUrl(), secrets.ownerPassword);
    const url = withLogin(server.superuserUrl(DATABASE), OWNER, secrets.ownerPassword);
    await migrate(url);
    return {
      url,
      runnerUrl: await makeRunnerUrl(url, secrets),
      description: `embedded Postgres${server.adopted ? ', still running from last time' : ''} (port ${server.port}, ${server.home})`,
      adopted: server.adopted,
      stop: server.stop,
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The app owns its database and is no superuser, as on a real server. */
async function makeOwnerAndDatabase(superuserUrl: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const { rowCount: hasRole } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [OWNER]);
    if (!hasRole) await client.query(`CREATE ROLE ${OWNER} LOGIN CREATEROLE`);
    await client.query(`ALTER ROLE ${OWNER} PASSWORD ${pg.escapeLiteral(password)}`);
    const { rowCount: hasDatabase } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (!hasDatabase) await client.query(`CREATE DATABASE ${DATABASE} OWNER ${OWNER}`);
  } finally {
    await client.end();
  }
}

async function makeRunnerUrl(ownerUrl: string, secrets: Secrets): Promise<string> {
  try {
    await ensureRunnerLogin(ownerUrl, { name: RUNNER_LOGIN, password: secrets.runnerPassword });
  } catch (error) {
    throw new Error(
      `The runner's restricted database role could not be made: ${(error as Error).message}\nGive DATABASE_URL's role CREATEROLE, or let an administrator run \`npm run runner:role\` and set RUNNER_DATABASE_URL to what it prints.`,
      { cause: error },
    );
  }
  return withLogin(ownerUrl, RUNNER_LOGIN, secrets.runnerPassword);
}
