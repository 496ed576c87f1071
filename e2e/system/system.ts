/**
 * The whole of Style License in pieces that a test can kill: Postgres, api, worker and runners as processes of their own, with
 * the testkit's fake engine. Nothing is mocked, and nothing restarts by itself: the test is the one who kills and starts again.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, closeSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPrisma, type PrismaClient } from '@style-license/db';
import { migrate } from '@style-license/db/migrate';
import { ensureRunnerLogin } from '@style-license/db/runner-role';
import { startPostgres, type LocalPostgres } from '@style-license/local-postgres';
import { createDiskStore, type ObjectStore } from '@style-license/object-store';
import { waitFor } from '@style-license/testkit/wait-for';
import pg from 'pg';
import { processStartTime } from '../../apps/gpu-runner/src/process/identity.ts';
import { freePorts } from '../../scripts/lib/free-ports.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PROGRAMS = { api: 'apps/api/src/server.ts', worker: 'apps/api/src/worker.ts', runner: 'apps/gpu-runner/src/main.ts' } as const;
type Role = keyof typeof PROGRAMS;

/** Under a loaded machine three Node processes take their time to start. */
const START_LIMIT_MS = 60_000;
/** A worker keeps its claim on a message by a beat every half of this; 10 s in the product. */
const MESSAGE_HEARTBEAT_SECONDS = 4;
/** A runner touches every 2 s; 30 s in the product. */
const SHORT_HEARTBEAT_SECONDS = 4;

export interface EngineStart { pid: number; seed: number; mode: string }

export interface SystemOptions {
  /** `fake`: the testkit's, which misbehaves on request; `builtin`: the engine of the product. */
  engine?: 'fake' | 'builtin';
  /** Also a fake trainer by epochs, which styles are then trained with. */
  epochs?: boolean;
  runners?: number;
  /** Further settings of the fake engine. */
  engineSettings?: Record<string, string>;
}

const FAKE_ENGINE = join(ROOT, 'packages', 'testkit', 'src', 'fake-engine.ts');
const ENGINE_VARIABLES = ['FAKE_ENGINE_LOG', 'FAKE_ENGINE_GATE', 'FAKE_ENGINE_MS', 'FAKE_ENGINE_EPOCH_MS'];

export class System {
  readonly folder: string;
  readonly url: string;
  private postgres: LocalPostgres;
  private readonly ports: number[];
  private readonly running = new Map<string, ChildProcess>();
  private prisma: PrismaClient | null = null;

  private readonly options: SystemOptions;

  private constructor(folder: string, postgres: LocalPostgres, ports: number[], options: SystemOptions) {
    this.folder = folder;
    this.options = options;
    this.postgres = postgres;
    this.ports = ports;
    this.url = `http://localhost:${ports[0]}`;
  }

  static async start(options: SystemOptions = {}): Promise<System> {
    const folder = await mkdtemp(join(tmpdir(), 'style-license-system-'));
    await chmod(folder, 0o755); // as root Postgres runs as another user, who must get there
    const postgres = await startPostgres({ home: join(folder, 'postgres') });
    const system = new System(folder, postgres, await freePorts(2), options);
    try {
      await system.prepareDatabase();
      const runners = Array.from({ length: options.runners ?? 1 }, (_, i) => system.startRunner(`runner-${i + 1}`));
      await Promise.all([system.startApi(), system.startWorker(), ...runners]);
      return system;
    } catch (error) {
      await system.stop();
      throw error;
    }
  }

  private async prepareDatabase(): Promise<void> {
    const admin = new pg.Client({ connectionString: this.postgres.superuserUrl() });
    await admin.connect();
    await admin.query(`CREATE ROLE owner LOGIN CREATEROLE PASSWORD 'owner'`);
    await admin.query('CREATE DATABASE style_license OWNER owner');
    await admin.end();
    await migrate(this.databaseUrl('owner'));
    await ensureRunnerLogin(this.databaseUrl('owner'), { name: 'runner_1', password: 'runner_1' });
    await this.db.$executeRaw`UPDATE runner.queue SET heartbeat_seconds = ${MESSAGE_HEARTBEAT_SECONDS} WHERE name LIKE 'attempt.%'`;
  }

  private databaseUrl(login: string): string {
    const url = new URL(this.postgres.superuserUrl('style_license'));
    url.username = login;
    url.password = login;
    return url.href;
  }

  /** The owner's client, for looking. */
  get db(): PrismaClient {
    this.prisma ??= createPrisma(this.databaseUrl('owner'), { applicationName: 'system test', maxConnections: 2 });
    return this.prisma;
  }

  get gate(): string {
    return join(this.folder, 'gate');
  }
  openGate(): void {
    writeFileSync(this.gate, '');
  }
  closeGate(): void {
    rmSync(this.gate, { force: true });
  }

  private environment(more: Record<string, string>): NodeJS.ProcessEnv {
    const [port, storePort] = this.ports;
    return {
      PATH: process.env['PATH'], NODE_ENV: 'development', LOG_LEVEL: 'info', DATA_DIR: join(this.folder, 'data'), DEMO: 'off', RATE_LIMIT_FACTOR: '1000',
      PORT: String(port), STORE_PORT: String(storePort), APP_ORIGIN: this.url, STORE_ORIGIN: `http://127.0.0.1:${storePort}`, ...more,
    };
  }

  async startApi(): Promise<void> {
    this.launch('api', 'api', { DATABASE_URL: this.databaseUrl('owner'), LOG_LEVEL: 'warn' });
    await this.ready('api', async () => (await fetch(`${this.url}/health`)).status < 600);
  }

  async startWorker(): Promise<void> {
    const { seen } = this.launch('worker', 'worker', { DATABASE_URL: this.databaseUrl('owner') });
    await this.ready('worker', () => seen('worker ready'));
  }

  async startRunner(name: string, more: Record<string, string> = {}): Promise<void> {
    const { seen } = this.launch(name, 'runner', {
      RUNNER_DATABASE_URL: this.databaseUrl('runner_1'), RUNNER_NAME: name, RUNNER_THREADS: '1', RUNNER_FREE_BYTES: '1',
      ...this.engineSettings(), ...more,
    });
    await this.ready(name, () => seen('runner ready'));
  }

  private engineSettings(): Record<string, string> {
    if (this.options.engine === 'builtin') return {};
    return {
      STYLE_ENGINE: FAKE_ENGINE, ...(this.options.epochs ? { RUNNER_PROTOCOL_ENGINES: `sd15=${FAKE_ENGINE}` } : {}),
      RUNNER_ENGINE_ENV: ENGINE_VARIABLES.join(','), FAKE_ENGINE_LOG: this.engineLog, FAKE_ENGINE_GATE: this.gate, ...this.options.engineSettings,
    };
  }

  private launch(name: string, role: Role, more: Record<string, string>): { seen: (text: string) => boolean } {
    const log = openSync(this.logFile(name), 'a');
    const before = readFileSync(this.logFile(name), 'utf8').length;
    const child = spawn(process.execPath, [join(ROOT, PROGRAMS[role])], { cwd: ROOT, env: this.environment(more), stdio: ['ignore', log, log] });
    closeSync(log);
    this.running.set(name, child);
    return { seen: (text) => readFileSync(this.logFile(name), 'utf8').slice(before).includes(text) };
  }

  private async ready(name: string, probe: () => boolean | Promise<boolean>): Promise<void> {
    await waitFor(`${name} to be ready`, async () => {
      if (!this.isUp(name)) throw new Error(`${name} ended`);
      return await probe();
    }, { timeoutMs: START_LIMIT_MS, intervalMs: 50 }).catch((error: unknown) => {
      throw new Error(`${name} did not start:\n${this.logOf(name)}`, { cause: error });
    });
  }

  /** Whether it has run through since it was started: a fault must not end it. */
  isUp(name: string): boolean {
    const child = this.running.get(name);
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  signal(name: string, signal: NodeJS.Signals): void {
    this.running.get(name)?.kill(signal);
  }

  async kill(name: string): Promise<void> {
    const child = this.running.get(name);
    if (!child || !this.isUp(name)) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async end(name: string): Promise<void> {
    const child = this.running.get(name);
    if (!child || !this.isUp(name)) return;
    const gone = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    const limit = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await gone;
    clearTimeout(limit);
  }

  /** Has the loss of this job's claim noticed sooner. */
  async shortenHeartbeat(jobId: string): Promise<void> {
    await this.db.$executeRaw`UPDATE runner.job SET heartbeat_seconds = ${SHORT_HEARTBEAT_SECONDS} WHERE name LIKE 'generation.%' AND data->>'jobId' = ${jobId}`;
  }

  async killPostgres(): Promise<void> {
    await this.prisma?.$disconnect();
    this.prisma = null;
    process.kill(this.postgres.pid, 'SIGKILL');
  }
  /** The same cluster on the same port, after crash recovery. */
  async startPostgresAgain(): Promise<void> {
    this.postgres = await startPostgres({ home: join(this.folder, 'postgres') });
  }

  private get engineLog(): string {
    return join(this.folder, 'engines.log');
  }
  engineStarts(): EngineStart[] {
    if (!existsSync(this.engineLog)) return [];
    return readFileSync(this.engineLog, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as EngineStart);
  }
  /** Engines of jobs that run now: as runners note them, whatever the engine. */
  enginesAtWork(): number[] {
    const state = join(this.folder, 'data', 'runner', 'state');
    return readdirSync(state).flatMap((name) => {
      const claims = join(state, name, 'claims');
      if (!existsSync(claims)) return [];
      return readdirSync(claims).filter((file) => file.endsWith('.json')).flatMap((file) => engineOf(join(claims, file)));
    });
  }
  /** The first engine that starts after `count` have. */
  async nextEngine(count: number): Promise<EngineStart> {
    await waitFor('an engine to start', () => this.engineStarts().length > count, { timeoutMs: 30_000 });
    return this.engineStarts()[count]!;
  }

  logOf(name: string): string {
    const text = existsSync(this.logFile(name)) ? readFileSync(this.logFile(name), 'utf8') : '';
    return text.split('\n').slice(-30).join('\n');
  }
  private logFile(name: string): string {
    return join(this.folder, `${name}.log`);
  }

  get store(): ObjectStore {
    return createDiskStore({ root: join(this.folder, 'data', 'store'), secret: 'only looked at, nothing is signed here', origin: this.url });
  }

  /** Ends every process of it, and keeps what they wrote. */
  async stopProcesses(): Promise<void> {
    const runners = [...this.running.keys()].filter((name) => name.startsWith('runner'));
    await Promise.all(runners.map((name) => this.end(name)));
    await Promise.all(['api', 'worker'].map((name) => this.end(name)));
    await this.prisma?.$disconnect();
    await this.postgres.stop();
  }

  async stop(): Promise<void> {
    await this.stopProcesses();
    await rm(this.postgres.home, { recursive: true, force: true });
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The engine in a runner's note of a claim; none when the note is gone by now, or it has not started. */
function engineOf(file: string): number[] {
  try {
    const { group } = JSON.parse(readFileSync(file, 'utf8')) as { group: { pid: number; startTime: string } | null };
    return group !== null && processStartTime(group.pid) === group.startTime ? [group.pid] : [];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
