import { join } from 'node:path';
import type { StartedDatabase } from './database.ts';
import type { Secrets } from './secrets.ts';
import { readSetting, type StartSettings } from './settings.ts';

/** What only api and worker may know: a runner gets neither the owner's database nor anybody's keys (R12). */
const NOT_FOR_RUNNERS = ['DATABASE_URL', 'GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET', 'SMTP_URL', 'SENTRY_DSN', 'DEMO_PASSWORD'];

const RESOLVED = ['DATABASE_URL', 'RUNNER_DATABASE_URL', 'STORE_SECRET', 'DATA_DIR', 'APP_ORIGIN', 'STORE_ORIGIN', 'HOST', 'PORT', 'STORE_PORT', 'DEMO_PASSWORD'];

export interface Environments { app: NodeJS.ProcessEnv; runner: NodeJS.ProcessEnv }

/** The settings of the processes: yours, completed by what start knows. */
export function childEnvironments(given: NodeJS.ProcessEnv, settings: StartSettings, secrets: Secrets, database: StartedDatabase): Environments {
  const common: NodeJS.ProcessEnv = {
    ...given,
    NODE_ENV: given['NODE_ENV'] || 'development',
    DATA_DIR: settings.dataDir,
    STORE_SECRET: readSetting(given, 'STORE_SECRET') ?? secrets.storeSecret,
    // Production names its own; the processes say so when it does not.
    ...(settings.production ? {} : { APP_ORIGIN: settings.appOrigin, STORE_ORIGIN: settings.storeOrigin }),
    LOG_LEVEL: given['LOG_LEVEL'] || 'info',
    RUNNER_DATABASE_URL: database.runnerUrl,
  };
  // Read already; given twice, as itself and as a file, a setting is refused.
  for (const name of RESOLVED) delete common[`${name}_FILE`];
  // Node's own settings are for this process: an inspector port, for one, can be had only once.
  delete common['NODE_OPTIONS'];
  const app: NodeJS.ProcessEnv = {
    ...common,
    DATABASE_URL: database.url,
    HOST: settings.host,
    PORT: String(settings.apiPort),
    STORE_PORT: String(settings.storePort),
    DEMO_PASSWORD: settings.demoPassword,
    DEMO: settings.demo ? 'on' : 'off',
  };
  const runner: NodeJS.ProcessEnv = {
    ...common,
    RUNNER_SCRATCH_DIR: given['RUNNER_SCRATCH_DIR'] || join(settings.dataDir, 'runner', 'scratch'),
    RUNNER_CACHE_DIR: given['RUNNER_CACHE_DIR'] || join(settings.dataDir, 'runner', 'cache'),
    RUNNER_STATE_DIR: given['RUNNER_STATE_DIR'] || join(settings.dataDir, 'runner', 'state'),
  };
  for (const name of NOT_FOR_RUNNERS) {
    delete runner[name];
    delete runner[`${name}_FILE`];
  }
  return { app, runner };
}
