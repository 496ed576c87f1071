/**
 * Everything around a runner, real: a database of its own with the restricted role, a disk store, jobs sent as the api sends
 * them, and the messages the runner writes, read as the workers read them. The engine is the testkit's fake one.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env as environment } from 'node:process';
import { fileURLToPath } from 'node:url';
import { createDiskStore, type ObjectStore } from '@style-license/object-store';
import { CHANNELS, DELETE_AFTER_SECONDS, ATTEMPT_FINISHED, ATTEMPT_ITEM, ATTEMPT_LOST, attemptFinishedMessage, attemptItemMessage, type Artifact, type AttemptPayload, type GenerationSpec, type TrainingSpec } from '@style-license/shared/server';
import { newLicenceId } from '@style-license/shared';
import { useTestDatabase, waitFor, type TestDatabase } from '@style-license/testkit';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { pino } from 'pino';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, inject } from 'vitest';
import * as z from 'zod';
import { sha256 } from '../artifacts/hash.ts';
import { readEnv } from '../env.ts';
import { processStartTime } from '../process/identity.ts';
import { startRunner, type Runner } from '../runner.ts';

const FAKE_ENGINE = fileURLToPath(new URL('../../../../packages/testkit/src/fake-engine.ts', import.meta.url));
const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const STORE_SECRET = 'a secret for tests, long enough for everybody';

export interface SentJob {
  jobId: string;
  attempt: number;
  dispatchId: string;
  queue: string;
  itemIds: string[];
}
export interface EngineStart { pid: number; at: number; command: string; seed: number; mode: string; resumed: number }
export type Finished = z.infer<typeof attemptFinishedMessage>;

export class Harness {
  readonly database: TestDatabase;
  folder = '';
  store!: ObjectStore;
  sql!: pg.Pool;
  boss!: PgBoss;
  private readonly runners = new Set<Runner>();
  private readonly processes = new Set<ChildProcess>();
  private names = 0;

  constructor(database: TestDatabase) {
    this.database = database;
  }

  async open(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'runner-test-'));
    this.store = createDiskStore({ root: join(this.folder, 'store'), secret: STORE_SECRET, origin: 'http://127.0.0.1:5999' });
    this.sql = new pg.Pool({ connectionString: this.database.url, max: 4 });
    this.boss = new PgBoss({ connectionString: this.database.url, schema: 'runner', max: 2, migrate: false, supervise: false, schedule: false });
    await this.boss.start();
  }

  /** Ends what a test started, by its own means; fails when an engine is left behind. */
  async clean(): Promise<void> {
    for (const child of this.processes) await end(child);
    await Promise.all([...this.runners].map((runner) => runner.stop(0)));
    this.runners.clear();
    this.processes.clear();
    const left = this.engineStarts().filter(({ pid }) => processStartTime(pid) !== null);
    for (const { pid } of left) process.kill(-pid, 'SIGKILL');
    await rm(this.engineLog, { force: true });
    await this.sql.query(`DELETE FROM runner.job`);
    await this.sql.query(`DELETE FROM runner.progress`);
    await this.sql.query(`DELETE FROM runner.presence`);
    if (left.length > 0) throw new Error(`engines were left running: ${JSON.stringify(left)}`);
  }

  async close(): Promise<void> {
    await this.boss.stop({ graceful: false, close: true });
    await this.sql.end();
    this.store.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  get engineLog(): string {
    return join(this.folder, 'engine.log');
  }
  get gate(): string {
    return join(this.folder, 'gate');
  }

  settings(more: Record<string, string> = {}): NodeJS.ProcessEnv {
    return {
      PATH: environment['PATH'], LANG: 'C.UTF-8', NODE_ENV: 'test', LOG_LEVEL: environment['TEST_LOG_LEVEL'] ?? 'silent',
      RUNNER_DATABASE_URL: this.database.runnerUrl, RUNNER_NAME: `test-${this.names}`, DATA_DIR: this.folder, STORE_SECRET,
      STYLE_ENGINE: FAKE_ENGINE, RUNNER_PROTOCOL_ENGINES: `sd15=${FAKE_ENGINE}`, RUNNER_THREADS: '1', RUNNER_FREE_BYTES: '1',
      RUNNER_ENGINE_ENV: 'FAKE_ENGINE_MODE,FAKE_ENGINE_MS,FAKE_ENGINE_EPOCH_MS,FAKE_ENGINE_LOG,FAKE_ENGINE_GATE', FAKE_ENGINE_LOG: this.engineLog, FAKE_ENGINE_GATE: this.gate,
      ...more,
    };
  }

  /** A runner within this process. */
  async startRunner(more: Record<string, string> = {}): Promise<Runner> {
    this.names++;
    const env = readEnv(this.settings(more));
    const runner = await startRunner(env, pino({ level: env.logLevel }), new AbortController().signal);
    this.runners.add(runner);
    return runner;
  }

  /** A runner as a process of its own, as it is in production. */
  async spawnRunner(more: Record<string, string> = {}, { ready = true } = {}): Promise<ChildProcess> {
    this.names++;
    const before = (await this.presence()).map(({ started_at }) => started_at.getTime());
    const child = spawn(process.execPath, [MAIN], { env: this.settings(more), stdio: ['ignore', 'inherit', ready ? 'inherit' : 'ignore'] });
    this.processes.add(child);
    if (!ready) return child;
    const name = this.settings(more)['RUNNER_NAME'];
    await waitFor('the runner to be there', async () => (await this.presence()).some((row) => row.name === name && row.queues.length > 0 && !before.includes(row.started_at.getTime())));
    return child;
  }

  async presence(): Promise<{ name: string; queues: string[]; busy: number; slots: number; engines: { missing: string | null }[]; started_at: Date }[]> {
    return (await this.sql.query('SELECT * FROM runner.presence')).rows;
  }

  async put(key: string, bytes: Buffer, contentType = 'image/png'): Promise<Artifact> {
    await this.store.put(key, bytes, { contentType });
    return { key, bytes: bytes.length, sha256: sha256(bytes) };
  }

  async signature(): Promise<Artifact> {
    return await this.put('signatures/one.png', await sharp({ create: { width: 300, height: 100, channels: 4, background: { r: 200, g: 0, b: 40, alpha: 1 } } }).png().toBuffer());
  }

  async generationSpec(over: Partial<GenerationSpec> & { count?: number; firstSeed?: number } = {}): Promise<GenerationSpec> {
    const { count = 1, firstSeed = 7, ...rest } = over;
    return {
      baseModel: 'builtin',
      artist: { name: '김하늘', username: 'haneul' }, style: { id: crypto.randomUUID(), title: 'Paper Harbour' },
      signature: await this.signature(), termsUrl: 'https://example.test/terms/1', weights: await this.put('weights/one.safetensors', Buffer.from('the weights of a style')),
      tags: ['harbour'], negative: [], ratio: '1:1', width: 512, height: 512, closeness: 0.7,
      items: Array.from({ length: count }, (_, ordinal) => ({ itemId: crypto.randomUUID(), ordinal, seed: firstSeed + ordinal, licenceId: newLicenceId() })),
      ...rest,
    };
  }

  /** A training by epochs, as a base model that has them is trained; some of its epochs may have been delivered before. */
  async epochsSpec(over: Partial<TrainingSpec> & { artworkCount?: number; mode?: string; epochs?: number } = {}): Promise<TrainingSpec> {
    const { epochs = 4, resume = null, ...rest } = over;
    const open = Array.from({ length: epochs }, (_, ordinal) => ({ itemId: crypto.randomUUID(), ordinal })).slice(resume?.epoch ?? 0);
    return await this.trainingSpec({ baseModel: 'sd15', resume, items: open, ...rest });
  }

  async trainingSpec(over: Partial<TrainingSpec> & { artworkCount?: number; mode?: string } = {}): Promise<TrainingSpec> {
    const { artworkCount = 10, mode, ...rest } = over;
    const artworks = [];
    for (let i = 0; i < artworkCount; i++) artworks.push({ ...(await this.put(`artworks/${i}.png`, Buffer.from(`artwork ${i}`))), tags: mode ? ['sea', `fake ${mode}`] : ['sea'] });
    return {
      baseModel: 'builtin',
      artist: { name: 'Ana Reyes', username: 'ana' }, style: { id: crypto.randomUUID(), title: 'Slow Weather' },
      signature: await this.signature(), termsUrl: 'https://example.test/terms/1', artworks,
      samples: [{ ordinal: 0, prompt: 'sea', seed: 1, ratio: '1:1', width: 512, height: 512 }, { ordinal: 1, prompt: 'sky', seed: 2, ratio: '1:2', width: 512, height: 1024 }],
      items: [{ itemId: crypto.randomUUID(), ordinal: 0 }],
      ...rest,
    };
  }

  generate(spec: GenerationSpec, over: Partial<AttemptPayload> & { priority?: number } = {}): Promise<SentJob> {
    return this.send({ kind: 'generation', spec, ...envelope(), ...over }, over.priority);
  }
  train(spec: TrainingSpec, over: Partial<AttemptPayload> & { priority?: number } = {}): Promise<SentJob> {
    return this.send({ kind: 'training', spec, ...envelope(), ...over }, over.priority);
  }

  /** As the api dispatches: the row and the notification. */
  async send(payload: { kind: string; jobId: string; attempt: number; spec?: { baseModel: string; items: { itemId: string }[] } }, priority = 0): Promise<SentJob> {
    const queue = `${payload.kind === 'training' ? 'training' : 'generation'}.${payload.spec?.baseModel ?? 'builtin'}`;
    const dispatchId = crypto.randomUUID();
    await this.boss.send(queue, payload, { id: dispatchId, retryLimit: 0, deadLetter: ATTEMPT_LOST, priority, deleteAfterSeconds: DELETE_AFTER_SECONDS });
    await this.sql.query('SELECT pg_notify($1, $2)', [CHANNELS.jobQueued, queue]);
    return { jobId: payload.jobId, attempt: payload.attempt, dispatchId, queue, itemIds: payload.spec?.items.map(({ itemId }) => itemId) ?? [] };
  }

  /** What the owner's cancel does to the queue. */
  async cancel(job: SentJob): Promise<void> {
    await this.boss.cancel(job.queue, job.dispatchId);
    await this.sql.query('SELECT pg_notify($1, $2)', [CHANNELS.jobCancelled, job.jobId]);
  }

  /** What the workers' supervision does when no heartbeat has come for long enough. */
  async loseClaim(job: SentJob): Promise<void> {
    await this.sql.query(`UPDATE runner.job SET heartbeat_on = now() - interval '1 hour' WHERE id = $1`, [job.dispatchId]);
    // pg-boss watches a queue once an interval; here it is always time.
    await this.sql.query('UPDATE runner.queue SET monitor_on = NULL, monitor_claim_on = NULL');
    await this.boss.supervise(job.queue);
    if ((await this.rowState(job)) !== 'failed') throw new Error('the claim was not lost');
  }

  /** As a database that was started again: every connection of a runner is gone. */
  async breakConnections(): Promise<void> {
    const admin = new pg.Client({ connectionString: inject('testPostgres').adminUrl });
    await admin.connect();
    await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE 'runner %'`, [this.database.name]);
    await admin.end();
  }

  async rowState(job: SentJob): Promise<string> {
    const { rows } = await this.sql.query<{ state: string }>('SELECT state FROM runner.job WHERE name = $1 AND id = $2', [job.queue, job.dispatchId]);
    return rows[0]?.state ?? 'gone';
  }

  async messages(queue: string, jobId: string): Promise<unknown[]> {
    const { rows } = await this.sql.query<{ data: unknown }>(`SELECT data FROM runner.job WHERE name = $1 AND data->>'jobId' = $2 ORDER BY created_on`, [queue, jobId]);
    return rows.map(({ data }) => data);
  }
  async finishes(job: SentJob): Promise<Finished[]> {
    return z.array(attemptFinishedMessage).parse(await this.messages(ATTEMPT_FINISHED, job.jobId));
  }
  async itemMessages(job: SentJob): Promise<z.infer<typeof attemptItemMessage>[]> {
    return z.array(attemptItemMessage).parse(await this.messages(ATTEMPT_ITEM, job.jobId));
  }

  /** The one end of this attempt. */
  async finished(job: SentJob, timeoutMs = 15_000): Promise<Finished> {
    await waitFor(`job ${job.jobId} to end`, async () => (await this.finishes(job)).length > 0, { timeoutMs });
    const all = await this.finishes(job);
    if (all.length !== 1) throw new Error(`the attempt ended ${all.length} times`);
    return all[0]!;
  }

  engineStarts(): EngineStart[] {
    if (!existsSync(this.engineLog)) return [];
    return readFileSync(this.engineLog, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as EngineStart);
  }
  async engineStart(n = 1): Promise<EngineStart> {
    await waitFor(`engine ${n} to start`, () => this.engineStarts().length >= n);
    return this.engineStarts()[n - 1]!;
  }

  async progress(job: SentJob): Promise<Record<string, unknown> | null> {
    return (await this.sql.query('SELECT * FROM runner.progress WHERE job_id = $1', [job.jobId])).rows[0] ?? null;
  }

  async scratchIsEmpty(): Promise<boolean> {
    const { readdir } = await import('node:fs/promises');
    const scratch = join(this.folder, 'runner', 'scratch');
    await mkdir(scratch, { recursive: true });
    const own = await readdir(scratch);
    return (await Promise.all(own.map((name) => readdir(join(scratch, name))))).every((names) => names.length === 0);
  }
}

const envelope = (): { jobId: string; attempt: number; ownerId: null; maxRuntimeMs: number } => ({ jobId: crypto.randomUUID(), attempt: 1, ownerId: null, maxRuntimeMs: 60_000 });

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(limit);
}

/** One harness for a test file. */
export function useHarness(): Harness {
  const harness = new Harness(useTestDatabase());
  beforeAll(() => harness.open());
  afterEach(() => harness.clean());
  afterAll(() => harness.close());
  return harness;
}

export const isAlive = (pid: number): boolean => processStartTime(pid) !== null;
