/** A gallery of a thousand styles behind an api and a worker of their own; people with tokens, already signed in. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { migrate } from '@style-license/db/migrate';
import { startPostgres } from '@style-license/local-postgres';
import pg from 'pg';
import { freePorts } from '../../lib/free-ports.ts';
import { ROOT } from '../../start/settings.ts';
import { seedGallery } from '../lists/seed.ts';

export interface LoadScene { origin: string; /** Session cookies, one a person. */ cookies: string[]; styles: { id: string; priceTokens: number; tag: string }[]; close(): Promise<void> }

const STYLES = 1_000;
const GENERATIONS = 10_000;
const STYLES_USED = 100;
const READY_LIMIT_MS = 60_000;
const TOKENS = 1_000_000;

/** No runner: it works on another machine, and its engine would take the cores that are measured here. Orders wait in the queue. */
export async function openLoadScene(people: number): Promise<LoadScene> {
  const folder = await mkdtemp(join(tmpdir(), 'style-license-load-'));
  await chmod(folder, 0o755); // as root its Postgres runs as another user, who must get there
  const server = await startPostgres({ home: join(folder, 'postgres') });
  const url = server.superuserUrl('postgres');
  await migrate(url);
  await seedGallery(url, { styles: STYLES, generations: GENERATIONS }, () => undefined);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // The gallery's rows brought their own numbers: the next ones follow them.
  await client.query(`SELECT setval(pg_get_serial_sequence('postings', 'id'), (SELECT max(id) FROM postings)), setval(pg_get_serial_sequence('holds', 'number'), (SELECT max(number) FROM holds))`);
  const tokens = Array.from({ length: people }, () => randomBytes(32).toString('base64url'));
  await client.query(`
    WITH person AS (INSERT INTO users (name, username) SELECT 'Load', 'load_' || n FROM generate_series(1, $1::int) n RETURNING id, username),
    wallet AS (INSERT INTO wallets (user_id) SELECT id FROM person)
    INSERT INTO sessions (id, user_id, expires_at) SELECT ($2::text[])[split_part(username, '_', 2)::int], id, now() + interval '10 days' FROM person`,
  [people, tokens.map((token) => createHash('sha256').update(token).digest('hex'))]);
  await client.query(`SELECT ledger_grant(w.user_id, ${TOKENS}, 'bonus', 'grant', '', 'load', w.user_id::text, '') FROM wallets w JOIN users u ON u.id = w.user_id WHERE u.username LIKE 'load\\_%'`);
  await client.query('ANALYZE');
  const { rows: styles } = await client.query<{ id: string; priceTokens: number; tag: string }>(
    `SELECT s.id, s.price_tokens AS "priceTokens", (SELECT t.tag FROM style_tags t WHERE t.style_id = s.id ORDER BY t.count DESC LIMIT 1) AS tag FROM styles s ORDER BY s.sold_count DESC LIMIT ${STYLES_USED}`);
  await client.end();

  const [port] = await freePorts(2);
  const origin = `http://localhost:${port}`;
  const environment: NodeJS.ProcessEnv = {
    ...process.env, NODE_ENV: 'development', DATABASE_URL: url, DATA_DIR: folder, PORT: String(port), STORE_PORT: String(port! + 1), APP_ORIGIN: origin, STORE_ORIGIN: `http://127.0.0.1:${port! + 1}`, LOG_LEVEL: 'warn', DEMO: 'off',
    // The limits have their own tests; production refuses this setting.
    RATE_LIMIT_FACTOR: '100000',
  };
  const children = ['server.ts', 'worker.ts'].map((program) => spawn(process.execPath, [join(ROOT, 'apps', 'api', 'src', program)], { stdio: ['ignore', 'inherit', 'inherit'], env: environment }));
  const close = async (): Promise<void> => {
    await Promise.all(children.map(end));
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await answering(origin);
  } catch (error) {
    await close();
    throw error;
  }
  return { origin, cookies: tokens.map((token) => `sl_session=${token}`), styles, close };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('close', done));
  child.kill('SIGTERM');
  await ended;
}

async function answering(origin: string): Promise<void> {
  const until = Date.now() + READY_LIMIT_MS;
  while (Date.now() < until) {
    const answer = await fetch(`${origin}/health`).catch(() => undefined);
    if (answer?.ok) return;
    await delay(200);
  }
  throw new Error('the api did not answer in time');
}
