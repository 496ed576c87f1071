/** What `npm start` itself needs to know, from the environment; everything else is read by the processes it starts. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export const ROOT = dirname(dirname(import.meta.dirname));

export interface StartSettings {
  dev: boolean;
  production: boolean;
  dataDir: string;
  host: string;
  /** The port of the page: the api, or in dev mode Vite before it. */
  port: number;
  storePort: number;
  /** Where the api listens; the page's port except in dev mode. */
  apiPort: number;
  appOrigin: string;
  storeOrigin: string;
  /** Set: a Postgres of yours; not set: the embedded one. */
  databaseUrl: string | undefined;
  runnerDatabaseUrl: string | undefined;
  demo: boolean;
  demoPassword: string;
}

export function readSettings(environment: NodeJS.ProcessEnv, argv: string[]): StartSettings {
  const faults: string[] = [];
  const port = readPort(environment, 'PORT', 3000, faults);
  const storePort = readPort(environment, 'STORE_PORT', port + 1, faults);
  const dev = argv.includes('--dev');
  const production = environment['NODE_ENV'] === 'production';
  const setting = (name: string): string | undefined => readSetting(environment, name);
  const demoSetting = setting('DEMO') ?? (production ? 'off' : 'on');
  if (demoSetting !== 'on' && demoSetting !== 'off') faults.push(`DEMO is "${demoSetting}"; it is "on" or "off".`);
  if (production && demoSetting === 'on') faults.push('DEMO is "on": the demo sign-ins exist only in development.');
  if (faults.length > 0) throw new Error(faults.join('\n'));

  // The store has an origin of its own, so that an uploaded file can never act as a page of the app (R27). Cookies do not
  // tell ports apart, so that on one machine it has another host name too.
  return {
    dev,
    production,
    dataDir: resolve(setting('DATA_DIR') ?? join(ROOT, '.data')),
    host: setting('HOST') ?? '127.0.0.1',
    port,
    storePort,
    apiPort: dev ? port + 2 : port,
    appOrigin: setting('APP_ORIGIN') ?? `http://localhost:${port}`,
    storeOrigin: setting('STORE_ORIGIN') ?? `http://127.0.0.1:${storePort}`,
    databaseUrl: setting('DATABASE_URL'),
    runnerDatabaseUrl: setting('RUNNER_DATABASE_URL'),
    demo: demoSetting === 'on',
    demoPassword: setting('DEMO_PASSWORD') ?? 'style-license-demo',
  };
}

function readPort(environment: NodeJS.ProcessEnv, name: string, fallback: number, faults: string[]): number {
  const text = readSetting(environment, name);
  if (!text) return fallback;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) faults.push(`${name} is "${text}"; it is a port, 1 to 65535.`);
  return port;
}

/** A setting, or what stands in the file that NAME_FILE names; an empty one counts as not set. */
export function readSetting(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const path = environment[`${name}_FILE`];
  if (path) return readFileSync(path, 'utf8').trim() || undefined;
  return environment[name] || undefined;
}
