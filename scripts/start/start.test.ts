/** The parts of `npm start`: its lock, what a killed start left, and the watch over its processes. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { waitFor } from '@style-license/testkit/wait-for';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { childEnvironments } from './child-environment.ts';
import { endLeftovers, openRoll } from './leftovers.ts';
import { openLog } from './log-lines.ts';
import { identify, isStillRunning } from './process-identity.ts';
import { readOrMakeSecrets } from './secrets.ts';
import { readSettings } from './settings.ts';
import { AlreadyRunning, takeStartLock } from './start-lock.ts';
import { supervise, type Supervised } from './supervise.ts';

let folder: string;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'start-')); });
afterEach(async () => { await rm(folder, { recursive: true, force: true }); });

describe('settings', () => {
  it('gives the store an origin of its own', () => {
    expect(readSettings({ PORT: '4000' }, [])).toMatchObject({ port: 4000, storePort: 4001, apiPort: 4000, appOrigin: 'http://localhost:4000', storeOrigin: 'http://127.0.0.1:4001', demo: true });
  });
  it('puts Vite before the api in dev mode', () => {
    expect(readSettings({}, ['--dev'])).toMatchObject({ port: 3000, apiPort: 3002, appOrigin: 'http://localhost:3000' });
  });
  it('names every fault at once', () => {
    expect(() => readSettings({ PORT: 'x', DEMO: 'maybe' }, [])).toThrow(/PORT is "x"[^]*DEMO is "maybe"/);
  });
  it('has no demo in production', () => {
    expect(readSettings({ NODE_ENV: 'production' }, []).demo).toBe(false);
    expect(() => readSettings({ NODE_ENV: 'production', DEMO: 'on' }, [])).toThrow(/only in development/);
  });
});

describe('environments', () => {
  const secrets = { ownerPassword: 'o', runnerPassword: 'r', storeSecret: 's'.repeat(43) };
  const database = { url: 'postgresql://owner:o@h/d', runnerUrl: 'postgresql://runner:r@h/d', description: '', adopted: true, stop: async () => undefined };
  it('keeps the owner\'s database and everybody\'s keys from runners', () => {
    const { app, runner } = childEnvironments({ GOOGLE_CLIENT_SECRET: 'g', SMTP_URL: 'smtp://x', DATABASE_URL_FILE: '/f' }, readSettings({}, []), secrets, database);
    expect(app).toMatchObject({ DATABASE_URL: database.url, GOOGLE_CLIENT_SECRET: 'g' });
    expect(runner['RUNNER_DATABASE_URL']).toBe(database.runnerUrl);
    expect(JSON.stringify(runner)).not.toMatch(/owner|GOOGLE|SMTP|"DATABASE_URL/);
  });
  it('makes up no origin in production', () => {
    const { app } = childEnvironments({ NODE_ENV: 'production' }, readSettings({ NODE_ENV: 'production' }, []), secrets, database);
    expect(app).not.toHaveProperty('APP_ORIGIN');
    expect(app).not.toHaveProperty('STORE_ORIGIN');
  });
});

describe('secrets', () => {
  it('are made once and stay', async () => {
    const first = await readOrMakeSecrets(folder);
    expect(first.storeSecret.length).toBeGreaterThan(40);
    expect(await readOrMakeSecrets(folder)).toEqual(first);
  });
});

describe('the lock', () => {
  it('lets one start have a data folder, and says which has it', async () => {
    const release = await takeStartLock(folder, 'http://localhost:3000');
    await expect(takeStartLock(folder, 'http://localhost:4000')).rejects.toThrow(AlreadyRunning);
    await expect(takeStartLock(folder, 'http://localhost:4000')).rejects.toThrow('http://localhost:3000');
    await release();
    await (await takeStartLock(folder, 'x'))();
  });
  it('is taken over from a start that was killed', async () => {
    await writeFile(join(folder, 'start.lock'), JSON.stringify({ pid: process.pid, startTime: 'another life', url: 'x' }));
    const release = await takeStartLock(folder, 'y');
    await expect(takeStartLock(folder, 'z')).rejects.toThrow('y');
    await release();
  });
  it('goes to one of many at once', async () => {
    await writeFile(join(folder, 'start.lock'), JSON.stringify({ pid: process.pid, startTime: 'another life', url: 'x' }));
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => takeStartLock(folder, 'x')));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['start.lock']);
  });
});

describe('what a killed start left', () => {
  it('is ended, and a stranger with a noted pid is not', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    try {
      const roll = openRoll(folder);
      roll.note('api', child.pid);
      await roll.written();
      const path = join(folder, 'processes.json');
      const noted = JSON.parse(await readFile(path, 'utf8')) as object[];
      await writeFile(path, JSON.stringify([...noted, { pid: stranger.pid, startTime: 'before the reboot' }]));
      expect(await endLeftovers(folder)).toBe(1);
      expect(identify(child.pid!)).toBeUndefined();
      expect(identify(stranger.pid!)).toBeDefined();
    } finally {
      child.kill('SIGKILL');
      stranger.kill('SIGKILL');
    }
  });
});

describe('supervise', { timeout: 30_000 }, () => {
  let lines: string[];
  let started: Supervised[];
  const program = async (source: string) => {
    const path = join(folder, 'program.mjs');
    await writeFile(path, source);
    return path;
  };
  const run = (path: string, restart = true, graceMs?: number) => {
    const pids: number[] = [];
    const log = openLog(join(folder, 'logs'), 'info', false);
    const child = supervise({ name: 'test', args: [path], env: process.env, restart, graceMs, onPid: (pid) => pid && pids.push(pid) }, log);
    started.push(child);
    return { child, pids };
  };
  beforeEach(() => {
    lines = [];
    started = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => { lines.push(String(line)); return true; });
  });
  afterEach(async () => {
    for (const child of started) await child.stop();
    vi.restoreAllMocks();
  });

  it('starts a killed process again, and says so', async () => {
    const { child, pids } = run(await program('console.log("up"); setInterval(() => {}, 1000)'));
    await waitFor('the first', () => lines.some((line) => line.includes('up')));
    child.markReady();
    process.kill(pids[0]!, 'SIGKILL');
    await waitFor('the second', () => lines.filter((line) => line.includes('up')).length === 2);
    expect(lines.join('')).toMatch(/test\s+warn\s+was ended by SIGKILL; starting it again in 0.5 s/);
  });

  it('tells of a process that never came up', async () => {
    const { child } = run(await program('console.error("DATABASE_URL is missing"); process.exit(3)'));
    await expect(child.failedEarly).rejects.toThrow('test ended with exit code 3');
    expect(lines.join('')).toContain('DATABASE_URL is missing');
  });

  it('kills what does not end, with its children', async () => {
    const path = await program(`
      import { spawn } from 'node:child_process';
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      process.on('SIGTERM', () => {}); console.log('child', child.pid); setInterval(() => {}, 1000);`);
    const { child } = run(path, true, 200);
    const line = await waitFor('its child', () => lines.find((text) => /child \d+/.test(text)));
    const grandchild = identify(Number(/child (\d+)/.exec(line)![1]))!;
    await child.stop();
    await waitFor('the grandchild to be gone', () => !isStillRunning(grandchild));
  });

  it('lets a process end by itself, without its guard ending it', async () => {
    const { child } = run(await program('process.send({ hello: true }); console.log("done")'), false);
    expect(await child.ended).toEqual({ code: 0, signal: null });
  });

  it('leaves no process behind when the parent is killed', async () => {
    const path = await program('console.log("up", process.pid); setInterval(() => {}, 1000)');
    const parentPath = join(folder, 'parent.mts');
    await writeFile(parentPath, `
      import { supervise } from ${JSON.stringify(join(import.meta.dirname, 'supervise.ts'))};
      import { openLog } from ${JSON.stringify(join(import.meta.dirname, 'log-lines.ts'))};
      supervise({ name: 'child', args: [${JSON.stringify(path)}], env: process.env, restart: true }, openLog(${JSON.stringify(join(folder, 'logs'))}, 'info', false));`);
    const parent = spawn(process.execPath, [parentPath], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((done) => parent.stdout.on('data', (data: Buffer) => {
      const match = /up (\d+)/.exec(data.toString());
      if (match) done(Number(match[1]));
    }));
    const child = identify(pid)!;
    parent.kill('SIGKILL');
    await waitFor('the child to end', () => !isStillRunning(child));
  });
});

describe('log lines', () => {
  it('shows JSON lines in one style, from a level on, and hides nothing that is none', async () => {
    const written: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => { written.push(String(line)); return true; });
    try {
      const log = openLog(join(folder, 'logs'), 'warn', false);
      const stream = new PassThrough();
      log.follow('api', stream);
      stream.write('{"level":30,"time":1,"msg":"request"}\n{"level":40,"time":1,"msg":"slow","ms":1200}\nTypeError: oh\n{"level":50,"time":1,"msg":"bad","err":{"stack":"Error: why\\n  at x"}}\n');
      await waitFor('the last line', () => written.length === 3);
      const text = written.join('');
      expect(text).not.toContain('request');
      expect(text).toMatch(/api\s+.*warn .* slow.* ms=1200/);
      expect(text).toMatch(/api\s+TypeError: oh/);
      expect(text).toContain('Error: why');
      log.close();
      await waitFor('the file', async () => (await readFile(join(folder, 'logs', 'api.log'), 'utf8')).includes('"request"'));
    } finally {
      vi.restoreAllMocks();
    }
  });
});
