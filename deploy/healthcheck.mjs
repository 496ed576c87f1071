/**
 * Whether what runs in this container works, as its exit status. Plain JavaScript without a package of ours, so that it tells also
 * of a broken build.
 *   api     /health answers, and neither database, queue nor store is out of reach (a missing runner is none of its faults)
 *   runner  its row in runner.presence is young: it reaches the database and says so every few seconds
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { hostname } from 'node:os';

const LIMIT_MS = 4_000;
const PRESENCE_SECONDS = 30;

/** @param {string} name */
const setting = (name) => process.env[name] || (process.env[`${name}_FILE`] ? readFileSync(String(process.env[`${name}_FILE`]), 'utf8').trim() : undefined);

async function api() {
  const { status } = await fetch(`http://127.0.0.1:${setting('PORT') ?? 3000}/health`, { signal: AbortSignal.timeout(LIMIT_MS) });
  return status === 200;
}

async function runner() {
  const { default: pg } = await import(createRequire(new URL('../apps/gpu-runner/package.json', import.meta.url)).resolve('pg'));
  const client = new pg.Client({ connectionString: setting('RUNNER_DATABASE_URL'), connectionTimeoutMillis: LIMIT_MS, query_timeout: LIMIT_MS });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM runner.presence WHERE name = $1 AND seen_at > now() - make_interval(secs => $2)', [setting('RUNNER_NAME') ?? hostname(), PRESENCE_SECONDS]);
    return (rowCount ?? 0) > 0;
  } finally {
    await client.end();
  }
}

const checks = { api, runner };
const check = checks[/** @type {keyof typeof checks} */ (process.argv[2])];
if (!check) throw new Error(`healthcheck.mjs ${Object.keys(checks).join('|')}`);
process.exit((await check()) ? 0 : 1);
