import { spawn } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { chown, link, mkdir, open, readdir, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { isTraversableBy, postgresFolder, runAs, runBinary, SYSTEM_HOME, type RunAs } from './binaries.ts';
import { isAlive } from './is-alive.ts';

export interface LocalPostgresOptions {
  /** The home of the cluster; made when it is not there. */
  home: string;
  /** `false` trades crash safety for speed: tests only. */
  durable?: boolean;
  maxConnections?: number;
}

export interface LocalPostgres {
  /** The superuser's URL of a database. */
  superuserUrl(database?: string): string;
  host: string;
  port: number;
  pid: number;
  /** It was running already. */
  adopted: boolean;
  /** Where the cluster really is: elsewhere than `home` when root's home cannot be reached by the run-as user. */
  home: string;
  /** Ends sessions and stops; resolves when the postmaster is gone. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const SUPERUSER = 'postgres';
/** Crash recovery of a large write-ahead log may take long; what takes longer than this is broken. */
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 20_000;

/**
 * Starts Postgres in `home`, or connects to the one that lives there. A parent that was killed leaves its Postgres running:
 * so connect first, start only if that fails, and try again for a while, since the backends of a killed postmaster take a
 * moment to notice and until then keep its shared memory.
 */
export async function startPostgres(options: LocalPostgresOptions): Promise<LocalPostgres> {
  const user = await runAs();
  const home = await reachableHome(resolve(options.home), user);
  const password = await readOrMakePassword(home);
  const binaries = await postgresFolder(user);
  await initialise(home, binaries, user);

  const startedAt = Date.now();
  for (;;) {
    const living = await findLiving(home, password);
    if (living) return handle(home, password, living.port, living.pid, true);
    await removeStalePidFile(home);
    const port = await choosePort(home);
    const exited = launch(home, binaries, user, port, options);
    const pid = await untilReady(home, password, port, exited, startedAt + START_LIMIT_MS);
    if (pid) return handle(home, password, port, pid, false);
    if (Date.now() - startedAt > START_LIMIT_MS) throw new Error(`Postgres did not start in ${home}. Its last words:\n${await logTail(home)}`);
    await delay(250);
  }
}

async function reachableHome(home: string, user: RunAs | undefined): Promise<string> {
  await mkdir(home, { recursive: true });
  let place = home;
  if (user && !(await isTraversableBy(home, user))) {
    place = join(SYSTEM_HOME, createHash('sha256').update(home).digest('hex').slice(0, 16));
    await mkdir(place, { recursive: true });
    await writeFile(join(home, 'MOVED'), `${place}\n`);
  }
  if (user) await chown(place, user.uid, user.gid);
  return place;
}

async function readOrMakePassword(home: string): Promise<string> {
  const path = join(home, 'password');
  const existing = await readFile(path, 'utf8').catch(() => undefined);
  if (existing) return existing;
  // Linked into place whole: of two starts at once one makes it, and both read the same.
  const unfinished = `${path}.${randomUUID()}`;
  await writeFile(unfinished, randomBytes(24).toString('base64url'), { mode: 0o600 });
  await link(unfinished, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(unfinished);
  return await readFile(path, 'utf8');
}

async function initialise(home: string, binaries: string, user: RunAs | undefined): Promise<void> {
  const data = join(home, 'data');
  if (await stat(data).catch(() => undefined)) return;
  // Made beside and moved into place whole, so that a start killed in the middle leaves no half cluster.
  const unfinished = join(home, `data.${randomUUID()}`);
  const passwordFile = `${unfinished}.password`;
  await writeFile(passwordFile, await readFile(join(home, 'password')), { mode: 0o600 });
  if (user) await chown(passwordFile, user.uid, user.gid);
  try {
    await runBinary(
      join(binaries, 'bin', 'initdb'),
      ['-D', unfinished, '-U', SUPERUSER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '--no-sync'],
      user,
      home,
    );
    await rename(unfinished, data).catch(async (error: unknown) => {
      // Another start was faster: its cluster stands, with the same password.
      if (!(await stat(data).catch(() => undefined))) throw error;
    });
  } finally {
    await rm(passwordFile, { force: true });
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** The pid file's lines: pid, data folder, start time, port, … */
async function readPidFile(home: string): Promise<{ pid: number; port: number } | undefined> {
  const text = await readFile(join(home, 'data', 'postmaster.pid'), 'utf8').catch(() => undefined);
  const lines = text?.split('\n');
  if (!lines) return undefined;
  return { pid: Number(lines[0]), port: Number(lines[3]) };
}

async function findLiving(home: string, password: string): Promise<{ pid: number; port: number } | undefined> {
  const noted = await readPidFile(home);
  if (!noted?.port || !isAlive(noted.pid)) return undefined;
  return (await answers(home, password, noted.port)) ? noted : undefined;
}

/** Whether the server at this port is ours: it takes our password and has our data folder. */
async function answers(home: string, password: string, port: number): Promise<boolean> {
  const client = new pg.Client({ connectionString: url(password, port, 'postgres'), connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined); // a server that goes away again while asked; the query below fails as well
  try {
    await client.connect();
    const { rows } = await client.query<{ folder: string }>(`SELECT current_setting('data_directory') AS folder`);
    return rows[0]?.folder === join(home, 'data');
  } catch {
    return false; // not up, not yet up, or not ours: the caller starts one or tries again
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Postgres refuses to start for ever when the noted pid exists, although after a reboot it may be another program's, and where pid 1
 * reaps nothing a killed postmaster stays as a zombie. The file is removed only when nobody works in the data folder any more:
 * without it Postgres could not see that backends of a killed postmaster still use their shared memory.
 */
async function removeStalePidFile(home: string): Promise<void> {
  const noted = await readPidFile(home);
  if (!noted || process.platform !== 'linux') return;
  const data = join(home, 'data');
  const name = await readFile(`/proc/${noted.pid}/comm`, 'utf8').catch(() => '');
  if (name.trim() === 'postgres' && isAlive(noted.pid)) return;
  if (await someoneWorksIn(data)) return;
  await rm(join(data, 'postmaster.pid'), { force: true });
}

/** Postmaster and backends have the data folder as their working folder. */
async function someoneWorksIn(folder: string): Promise<boolean> {
  for (const pid of await readdir('/proc')) {
    if (/^\d+$/.test(pid) && (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === folder) return true;
  }
  return false;
}

/** The port of last time when it is free, so that noted URLs stay true; else any. */
async function choosePort(home: string): Promise<number> {
  const path = join(home, 'port');
  const last = Number(await readFile(path, 'utf8').catch(() => '0'));
  const port = (last && (await listenOnce(last))) || (await listenOnce(0));
  if (!port) throw new Error('No free port for Postgres.');
  await writeFile(path, String(port));
  return port;
}

async function listenOnce(port: number): Promise<number | undefined> {
  return await new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(undefined));
    server.listen(port, HOST, () => {
      const address = server.address();
      server.close(() => done(address && typeof address === 'object' ? address.port : undefined));
    });
  });
}

/** Starts the postmaster in a session of its own: Ctrl-C in a terminal must not stop it before those who use it. */
function launch(home: string, binaries: string, user: RunAs | undefined, port: number, options: LocalPostgresOptions): Promise<void> {
  const settings: Record<string, string> = {
    listen_addresses: HOST,
    port: String(port),
    unix_socket_directories: '',
    max_connections: String(options.maxConnections ?? 200),
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Compiling a plan costs more than these queries do.
    jit: 'off',
    // Nothing replicates from here.
    wal_level: 'minimal',
    max_wal_senders: '0',
    ...(options.durable === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  return (async () => {
    const log = await open(join(home, 'postgres.log'), 'a');
    try {
      const child = spawn(join(binaries, 'bin', 'postgres'), ['-D', join(home, 'data'), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])], {
        ...user,
        cwd: home,
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
      });
      child.unref();
      await new Promise<void>((done, fail) => {
        child.once('error', fail);
        child.once('exit', () => done());
      });
    } finally {
      await log.close();
    }
  })();
}

/** The pid when it answers; `undefined` when it ended before (another start was faster, or old backends still live). */
async function untilReady(home: string, password: string, port: number, exited: Promise<void>, deadline: number): Promise<number | undefined> {
  let ended = false;
  let failure: unknown;
  exited.then(
    () => { ended = true; },
    (error: unknown) => { ended = true; failure = error; },
  );
  while (Date.now() < deadline) {
    const noted = await readPidFile(home);
    if (noted?.port === port && (await answers(home, password, port))) return noted.pid;
    if (failure) throw failure;
    if (ended) return undefined;
    await delay(25);
  }
  return undefined;
}

function handle(home: string, password: string, port: number, pid: number, adopted: boolean): LocalPostgres {
  return {
    superuserUrl: (database = 'postgres') => url(password, port, database),
    host: HOST,
    port,
    pid,
    adopted,
    home,
    stop: async () => {
      if (!isAlive(pid)) return;
      process.kill(pid, 'SIGINT'); // a fast shutdown: sessions are ended, what they had not committed is rolled back
      const deadline = Date.now() + STOP_LIMIT_MS;
      while (isAlive(pid)) {
        if (Date.now() > deadline) throw new Error(`Postgres (pid ${pid}) does not stop; see ${join(home, 'postgres.log')}.`);
        await delay(20);
      }
    },
  };
}

function url(password: string, port: number, database: string): string {
  return `postgresql://${SUPERUSER}:${password}@${HOST}:${port}/${database}`;
}

async function logTail(home: string): Promise<string> {
  const text = await readFile(join(home, 'postgres.log'), 'utf8').catch(() => '');
  return text.split('\n').slice(-12).join('\n');
}
