/** `npm start` as a whole: stopped, killed in part, killed entirely, and started twice; what people did is still there. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@style-license/testkit/wait-for';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { person, type Person } from '../client/person.ts';
import { freePorts } from '../lib/free-ports.ts';
import { isStillRunning, type ProcessIdentity } from './process-identity.ts';

const START_LIMIT_MS = 180_000;
const STOP_LIMIT_MS = 60_000;

interface Start { process: ChildProcess; output: () => string; ended: Promise<number | null> }

describe('npm start', { timeout: 400_000 }, () => {
  let dataDir: string;
  let port: number;
  let url: string;
  let someone: Person;
  const starts: Start[] = [];

  const launch = (extra: NodeJS.ProcessEnv = {}): Start => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'start.ts')], {
      detached: true, stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'development', VITEST: '', DEMO: 'off', PORT: String(port), DATA_DIR: dataDir, ...extra },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { output += text; });
    const start = { process: child, output: () => output, ended: new Promise<number | null>((done) => child.once('close', done)) };
    starts.push(start);
    return start;
  };
  const up = async (start: Start): Promise<void> => {
    await Promise.race([
      waitFor('the address', () => start.output().includes(`\n  ${url}\n`), { timeoutMs: START_LIMIT_MS, intervalMs: 100 }),
      start.ended.then((code) => { throw new Error(`It ended with ${code}:\n${start.output()}`); }),
    ]);
  };
  const noted = async (): Promise<ProcessIdentity[]> => JSON.parse(await readFile(join(dataDir, 'processes.json'), 'utf8')) as ProcessIdentity[];
  const postmaster = async (): Promise<number> => Number((await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);
  const expectStillSignedIn = async () => expect(await someone.api.accounts.me.query()).toMatchObject({ name: 'Stays Here' });

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'style-license-recovery-'));
    await chmod(dataDir, 0o755);
    [port] = (await freePorts(2)) as [number];
    url = `http://localhost:${port}`;
    someone = person({ url });
    await up(launch());
    await someone.api.accounts.signUp.mutate({ email: 'stays@start.test', password: 'a sentence that stays', name: 'Stays Here' });
  }, START_LIMIT_MS + 30_000);
  afterAll(async () => {
    for (const { process: child, ended } of starts) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
    }
    await rm(dataDir, { recursive: true, force: true });
  }, STOP_LIMIT_MS);

  it('runs api, worker and runner as processes of their own', async () => {
    expect(await noted()).toHaveLength(3);
    expect(((await (await fetch(`${url}/health`)).json()) as { status: string }).status).toBe('healthy');
  });

  it('says so when it is started twice on the same data', async () => {
    const [other] = await freePorts(2);
    const second = launch({ PORT: String(other) });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`already runs with this data (pid ${starts[0]!.process.pid}, ${url})`);
    await expectStillSignedIn();
  });

  it('starts a killed worker again', async () => {
    const before = await noted();
    process.kill(before[0]!.pid, 'SIGKILL');
    await waitFor('three processes again', async () => {
      const now = await noted();
      return now.length === 3 && now.every(isStillRunning) && !now.some(({ pid }) => pid === before[0]!.pid);
    }, { timeoutMs: 30_000 });
  });

  it('recovers when only its parent was killed', async () => {
    const children = await noted();
    const database = await postmaster();
    starts.at(0)!.process.kill('SIGKILL');
    await waitFor('the children to notice', () => !children.some(isStillRunning), { timeoutMs: 40_000 });
    const again = launch();
    await up(again);
    expect(again.output()).toContain('still running from last time');
    expect(await postmaster()).toBe(database);
    await expectStillSignedIn();
  });

  it('recovers when everything was killed, Postgres too', async () => {
    const children = await noted();
    starts.at(-1)!.process.kill('SIGKILL');
    for (const { pid } of children) process.kill(-pid, 'SIGKILL');
    process.kill(await postmaster(), 'SIGKILL');
    await up(launch());
    await expectStillSignedIn();
  });

  it('stops all when asked, and keeps the data', async () => {
    const children = await noted();
    const database = await postmaster();
    const last = starts.at(-1)!;
    last.process.kill('SIGINT');
    expect(await last.ended).toBe(0);
    expect(last.output()).toContain('Your data is kept');
    expect(children.some(isStillRunning)).toBe(false);
    expect(() => process.kill(database, 0)).toThrow('ESRCH');
    await up(launch());
    await expectStillSignedIn();
  });
});
