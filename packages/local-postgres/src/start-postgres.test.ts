import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isAlive } from './is-alive.ts';
import { startPostgres, type LocalPostgres } from './start-postgres.ts';

async function query<Row extends pg.QueryResultRow>(server: LocalPostgres, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: server.superuserUrl() });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('startPostgres', { timeout: 60_000 }, () => {
  let folder: string;
  let servers: LocalPostgres[];
  const start = async (home = join(folder, 'pg'), durable = false) => {
    const server = await startPostgres({ home, durable, maxConnections: 10 });
    servers.push(server);
    return server;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'local-postgres-'));
    await chmod(folder, 0o755);
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) await server.stop();
    for (const { home } of servers) await rm(home, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps data over a stop and a start, in UTF-8 and UTC', async () => {
    const first = await start();
    await query(first, `CREATE TABLE kept AS SELECT '하늘' AS word`);
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(second.port).toBe(first.port);
    expect(await query(second, 'SELECT word, current_setting(\'timezone\') AS zone FROM kept')).toEqual([{ word: '하늘', zone: 'UTC' }]);
  });

  it('adopts the one that a killed parent left', async () => {
    const script = `import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
      const server = await startPostgres({ home: ${JSON.stringify(join(folder, 'pg'))}, durable: false, maxConnections: 10 });
      console.log(server.pid); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((done) => parent.stdout.once('data', (data: Buffer) => done(Number(data))));
    const gone = new Promise((done) => parent.once('exit', done));
    parent.kill('SIGKILL');
    await gone;
    const server = await start();
    expect(server).toMatchObject({ adopted: true, pid });
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('recovers when Postgres itself was killed', async () => {
    const first = await start(undefined, true);
    await query(first, 'CREATE TABLE kept (id int)');
    process.kill(first.pid, 'SIGKILL');
    await vi.waitFor(() => expect(isAlive(first.pid)).toBe(false));
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(await query(second, 'SELECT * FROM kept')).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('starts although the noted pid is another program by now', async () => {
    const first = await start();
    await first.stop();
    const pidFile = join(first.home, 'data', 'postmaster.pid');
    await writeFile(pidFile, `${process.pid}\n${first.home}/data\n1\n${first.port}\n\n127.0.0.1\n\n`);
    const second = await start();
    expect(await readFile(pidFile, 'utf8')).toMatch(new RegExp(`^${second.pid}\n`));
  });

  it.runIf(process.platform === 'linux')('starts although the killed one was never reaped', async () => {
    // A parent that is stopped reaps nothing: its dead child stays as a zombie, as under a pid 1 that is no init.
    const script = `import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
      const server = await startPostgres({ home: ${JSON.stringify(join(folder, 'pg'))}, maxConnections: 10 });
      console.log(server.pid); process.kill(server.pid, 'SIGSTOP'); process.kill(process.pid, 'SIGSTOP');`;
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((done) => parent.stdout.once('data', (data: Buffer) => done(Number(data))));
    await vi.waitFor(async () => expect(await readFile(`/proc/${parent.pid}/stat`, 'utf8')).toMatch(/\) T /), { timeout: 20_000 });
    try {
      process.kill(pid, 'SIGKILL');
      await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
      expect(() => process.kill(pid, 0)).not.toThrow();
      const server = await start();
      expect(server.adopted).toBe(false);
      expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('serves two starts at once with one server', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    expect(one.pid).toBe(two.pid);
  });

  it.runIf(process.getuid?.() === 0)('moves to a reachable place when root starts it below a closed folder', async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const server = await start(join(closed, 'pg'));
    expect(server.home.startsWith(folder)).toBe(false);
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
