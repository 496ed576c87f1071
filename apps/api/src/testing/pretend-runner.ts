/**
 * A runner's side of the protocol, as restricted as a real one: it signs in with the runner's role, claims by `fetch`, ends an
 * attempt by a fenced `complete` and a message in one transaction (R1), and writes artifacts under the attempt's prefix. What
 * it makes is a picture of noise.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { ObjectStore } from '@style-license/object-store';
import type { Reason } from '@style-license/shared';
import {
  artifactPrefix, ATTEMPT_FINISHED, ATTEMPT_ITEM, ATTEMPT_STARTED, attemptPayload, CHANNELS, queueName, RUNNER_SCHEMA, type Artifact, type AttemptPayload, type GenerationItemResult, type ItemReport,
} from '@style-license/shared/server';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import sharp from 'sharp';

export interface Claim { payload: Extract<AttemptPayload, { kind: 'generation' }>; dispatchId: string; retryCount: number; startedAt: Date }

export class PretendRunner {
  readonly id = randomUUID();
  readonly #boss: PgBoss;
  readonly #pool: pg.Pool;
  readonly #store: ObjectStore;

  private constructor(boss: PgBoss, pool: pg.Pool, store: ObjectStore) {
    this.#boss = boss;
    this.#pool = pool;
    this.#store = store;
  }

  static async start(runnerUrl: string, store: ObjectStore): Promise<PretendRunner> {
    const pool = new pg.Pool({ connectionString: runnerUrl, max: 4, application_name: 'pretend runner' });
    const boss = new PgBoss({
      schema: RUNNER_SCHEMA, migrate: false, createSchema: false, supervise: false, schedule: false,
      db: { executeSql: async (text, values) => await pool.query(text, values as unknown[]) },
    });
    await boss.start();
    return new PretendRunner(boss, pool, store);
  }

  async stop(): Promise<void> {
    await this.#boss.stop({ graceful: false });
    await this.#pool.end();
  }

  /** Says what it offers, as a living runner does every few seconds. */
  async appear(slots = 1, seenAt = new Date()): Promise<void> {
    await this.#pool.query(
      `INSERT INTO runner.presence (runner_id, name, queues, slots, busy, version, engines, gpus, started_at, seen_at)
       VALUES ($1, 'pretend', $2, $3, 0, '0', '[]', '[]', now(), $4) ON CONFLICT (runner_id) DO UPDATE SET slots = excluded.slots, seen_at = excluded.seen_at`,
      [this.id, [queueName('generation', 'builtin'), queueName('training', 'builtin')], slots, seenAt]);
  }

  /** The next attempt of the queue, or null. */
  async claim(): Promise<Claim | null> {
    const [job] = await this.#boss.fetch<object>(queueName('generation', 'builtin'), { includeMetadata: true });
    if (!job) return null;
    const payload = attemptPayload.parse(job.data);
    if (payload.kind !== 'generation') throw new Error('not a generation');
    return { payload, dispatchId: job.id, retryCount: job.retryCount, startedAt: new Date() };
  }

  async begin(claim: Claim): Promise<void> {
    const { jobId, attempt } = claim.payload;
    await this.#boss.send(ATTEMPT_STARTED, { jobId, attempt, runnerId: this.id, runnerName: 'pretend', startedAt: claim.startedAt.toISOString() });
  }

  async progress(claim: Claim, sequence: number, fraction: number, preview: Buffer | null = null): Promise<void> {
    await this.#pool.query(
      `INSERT INTO runner.progress (job_id, attempt, sequence, phase, step, "of", item, items, fraction, seconds_left, preview, preview_sequence)
       VALUES ($1, $2, $3, 'refine', $3, 10, 0, 1, $4, 3, $5, CASE WHEN $5::bytea IS NULL THEN NULL ELSE $3::int END)
       ON CONFLICT (job_id) DO UPDATE SET attempt = excluded.attempt, sequence = excluded.sequence, step = excluded.step, fraction = excluded.fraction,
         preview = coalesce(excluded.preview, runner.progress.preview), preview_sequence = coalesce(excluded.preview_sequence, runner.progress.preview_sequence), updated_at = now()
       WHERE (excluded.attempt, excluded.sequence) > (runner.progress.attempt, runner.progress.sequence)`,
      [claim.payload.jobId, claim.payload.attempt, sequence, fraction, preview]);
    await this.#pool.query('SELECT pg_notify($1, $2)', [CHANNELS.progress, claim.payload.jobId]);
  }

  /** Makes item n's files in the store. */
  async make(claim: Claim, ordinal = 0): Promise<ItemReport> {
    const { jobId, attempt, spec } = claim.payload;
    const item = spec.items.find((one) => one.ordinal === ordinal);
    if (!item) throw new Error(`item ${ordinal} is not part of this attempt`);
    const folder = `${artifactPrefix(jobId, attempt)}${item.itemId}`;
    const image = sharp({ create: { width: 64, height: 64, channels: 3, background: { r: item.seed % 256, g: 80, b: 120 } } });
    const exif = { IFD0: { Artist: spec.artist.name, Copyright: `Licence ${item.licenceId}. ${spec.termsUrl}` } };
    const result: GenerationItemResult = {
      original: await this.#put(`${folder}/original.png`, await image.clone().withExif(exif).png().toBuffer(), 'image/png'),
      feed: await this.#put(`${folder}/feed.webp`, await image.clone().webp().toBuffer(), 'image/webp'),
      thumbnail: await this.#put(`${folder}/thumb.webp`, await image.clone().resize(32).webp().toBuffer(), 'image/webp'),
      width: 64, height: 64, dominantColour: '#505078', engine: 'pretend 1', engineMs: 5, matched: spec.tags, unmatched: [], sources: [[0, 1]], nearestTraining: null,
    };
    return { kind: 'generation', itemId: item.itemId, result };
  }

  async #put(key: string, bytes: Buffer, contentType: string): Promise<Artifact> {
    await this.#store.put(key, bytes, { contentType });
    return { key, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  async report(claim: Claim, item: ItemReport): Promise<void> {
    await this.#boss.send(ATTEMPT_ITEM, { jobId: claim.payload.jobId, attempt: claim.payload.attempt, item });
  }

  /** The attempt's end: both or neither. False when the claim was lost meanwhile: then nothing is said. */
  async finish(claim: Claim, reason: Reason, items: readonly ItemReport[] = []): Promise<boolean> {
    const client = await this.#pool.connect();
    const db = { executeSql: async (text: string, values?: unknown[]) => await client.query(text, values) };
    try {
      await client.query('BEGIN');
      const mine = settledOne(await this.#boss.complete(queueName('generation', 'builtin'), { id: claim.dispatchId, retryCount: claim.retryCount }, null, { db }));
      if (mine) await this.#boss.send(ATTEMPT_FINISHED, this.finished(claim, reason, items), { db });
      await client.query(mine ? 'COMMIT' : 'ROLLBACK');
      return mine;
    } finally {
      client.release();
    }
  }

  /** The message alone, for redelivery and zombies. */
  finished(claim: Claim, reason: Reason, items: readonly ItemReport[] = []) {
    const { jobId, attempt } = claim.payload;
    return {
      jobId, attempt, reason, items: [...items], runnerId: this.id, runnerName: 'pretend', startedAt: claim.startedAt.toISOString(), endedAt: new Date().toISOString(), log: '',
    };
  }

  /** Sent without the fence, as only a faulty runner would. */
  async say(message: ReturnType<PretendRunner['finished']>): Promise<void> {
    await this.#boss.send(ATTEMPT_FINISHED, message);
  }

  async touch(claim: Claim): Promise<boolean> {
    return settledOne(await this.#boss.touch(queueName('generation', 'builtin'), { id: claim.dispatchId, retryCount: claim.retryCount }));
  }
}

/** pg-boss counts what a command changed, though its types do not say so. */
const settledOne = (response: object): boolean => 'affected' in response && response.affected === 1;
