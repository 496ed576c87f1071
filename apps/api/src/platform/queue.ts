/**
 * pg-boss behind what we need of it: sending inside our own transaction, cancelling, and working. Two schemas (R12):
 * `runner` for engine queues and messages of attempts, `pgboss` for everything else. Only workers supervise (R3).
 */
import { BOSS_SCHEMA, RUNNER_SCHEMA } from '@style-license/shared/server';
import { fromPrisma, PgBoss, type Job, type SendOptions } from 'pg-boss';
import type { Tx } from './database.ts';
import type { Logger } from './logger.ts';

export type QueueSchema = typeof RUNNER_SCHEMA | typeof BOSS_SCHEMA;

export interface Message {
  schema: QueueSchema;
  queue: string;
  data: object;
  id?: string;
  priority?: number;
  /** Seconds from now, or a moment. */
  startAfter?: number | Date;
  retryLimit?: number;
  deadLetter?: string;
  singletonKey?: string;
}

export interface WorkSettings {
  /** Messages handled at once by this process. */
  concurrency?: number;
  /** How often to look for delayed, retried and dead-lettered rows, which send no NOTIFY (R3). */
  pollingSeconds?: number;
}

export interface Queue {
  /** Sends with the transaction; after a rollback there is no message. @throws when the queue refuses the message */
  send(tx: Tx, message: Message): Promise<string>;
  /** Takes a waiting or running message back. */
  cancel(tx: Tx, schema: QueueSchema, queue: string, id: string): Promise<void>;
  /** Handles messages one by one; a handler that throws has its message tried again as the queue says. */
  work<T extends object>(schema: QueueSchema, queue: string, handler: (data: T, message: { id: string; signal: AbortSignal }) => Promise<void>, settings?: WorkSettings): Promise<void>;
  /** Sends `data` to a queue of `pgboss` by cron, in `timeZone`. Workers only. */
  schedule(queue: string, cron: string, timeZone: string, data?: object): Promise<void>;
  stop(): Promise<void>;
}

const SUPERVISE_SECONDS = 2;
const DEFAULT_POLLING_SECONDS = 0.5;
/** With a listener, polling is the backstop for rows that could not run when they were inserted. */
const NOTIFY_POLLING_SECONDS = 1;
const STOP_TIMEOUT_MS = 20_000;

export async function startQueue(url: string, log: Logger, role: 'api' | 'worker'): Promise<Queue> {
  const bosses = { [RUNNER_SCHEMA]: createBoss(url, RUNNER_SCHEMA, log, role), [BOSS_SCHEMA]: createBoss(url, BOSS_SCHEMA, log, role) } as const;
  await Promise.all(Object.values(bosses).map((boss) => boss.start()));
  return queueOver(bosses);
}

function createBoss(url: string, schema: QueueSchema, log: Logger, role: 'api' | 'worker'): PgBoss {
  const isWorker = role === 'worker';
  const boss = new PgBoss({
    connectionString: url,
    application_name: `style-license ${role} ${schema}`,
    schema,
    // The api sends through its own transactions and needs a connection only to look a queue up.
    max: isWorker ? 8 : 2,
    // Schemas and queues are made with the migrations.
    migrate: false,
    createSchema: false,
    supervise: isWorker,
    schedule: isWorker && schema === BOSS_SCHEMA,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
    useListenNotify: isWorker,
  });
  boss.on('error', (error) => log.error({ err: error, schema }, 'queue error'));
  boss.on('warning', (warning) => log.warn({ warning, schema }, 'queue warning'));
  return boss;
}

function queueOver(bosses: Record<QueueSchema, PgBoss>): Queue {
  return {
    async send(tx, { schema, queue, data, ...options }) {
      const sendOptions: SendOptions = { ...options, db: fromPrisma(tx) };
      const id = await bosses[schema].send(queue, data, sendOptions);
      // Null means throttled or a doubled id: inside our transaction that is a fault, not an answer.
      if (id === null) throw new Error(`the queue ${schema}.${queue} refused a message`);
      return id;
    },
    async cancel(tx, schema, queue, id) {
      await bosses[schema].cancel(queue, id, { db: fromPrisma(tx) });
    },
    async work<T extends object>(schema: QueueSchema, queue: string, handler: (data: T, message: { id: string; signal: AbortSignal }) => Promise<void>, settings: WorkSettings = {}) {
      await bosses[schema].work(
        queue,
        {
          batchSize: 1,
          localConcurrency: settings.concurrency ?? 1,
          pollingIntervalSeconds: settings.pollingSeconds ?? DEFAULT_POLLING_SECONDS,
          notifyPollingIntervalSeconds: Math.max(settings.pollingSeconds ?? 0, NOTIFY_POLLING_SECONDS),
        },
        async (jobs: Job<T>[]) => {
          for (const job of jobs) await handler(job.data, { id: job.id, signal: job.signal });
        },
      );
    },
    async schedule(queue, cron, timeZone, data) {
      await bosses[BOSS_SCHEMA].schedule(queue, cron, data ?? {}, { tz: timeZone });
    },
    async stop() {
      await Promise.all(Object.values(bosses).map((boss) => boss.stop({ graceful: true, close: true, timeout: STOP_TIMEOUT_MS })));
    },
  };
}
