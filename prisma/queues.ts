/**
 * The queue's two schemas and every queue in them, from the catalogue. Done with the migrations by the database's owner:
 * a runner's role may create nothing, and no process has to wait for another to have started first.
 */
import {
  ATTEMPT_FINISHED, ATTEMPT_ITEM, ATTEMPT_LOST, ATTEMPT_STARTED, BOSS_SCHEMA, CATALOGUE, DELETE_AFTER_SECONDS, ENGINE_QUEUES, RETENTION_SECONDS, RUNNER_SCHEMA, SYSTEM_QUEUES,
} from '@style-license/shared/server';
import { PgBoss, type Queue } from 'pg-boss';

/**
 * Messages from runners are facts that must not be lost: they are tried for ever, a little later each time. The heartbeat, which
 * pg-boss's own worker keeps, has a killed worker's messages handled again in seconds instead of after a minute.
 */
const MESSAGE_QUEUE: Omit<Queue, 'name'> = {
  retryLimit: 1_000_000, retryDelay: 1, retryBackoff: true, retryDelayMax: 60, expireInSeconds: 60, heartbeatSeconds: 10, retentionSeconds: RETENTION_SECONDS, deleteAfterSeconds: DELETE_AFTER_SECONDS, notify: true,
};

/** Queues of the schema that runners see. Dead-letter queue first: the others name it. */
export const RUNNER_QUEUES: Queue[] = [
  { name: ATTEMPT_LOST, ...MESSAGE_QUEUE },
  { name: ATTEMPT_STARTED, ...MESSAGE_QUEUE },
  { name: ATTEMPT_ITEM, ...MESSAGE_QUEUE },
  { name: ATTEMPT_FINISHED, ...MESSAGE_QUEUE },
  ...ENGINE_QUEUES.map(({ name, kind }) => ({
    name,
    // One queue row is one attempt (R1): the queue itself never retries, it tells us that an attempt was lost.
    retryLimit: 0,
    deadLetter: ATTEMPT_LOST,
    heartbeatSeconds: CATALOGUE[kind].heartbeatSeconds,
    expireInSeconds: CATALOGUE[kind].expireInSeconds,
    retentionSeconds: RETENTION_SECONDS,
    deleteAfterSeconds: DELETE_AFTER_SECONDS,
    // Runners are woken by our own NOTIFY, sent in the transaction that dispatches (R4).
    notify: false,
  })),
];

export async function installQueues(url: string): Promise<void> {
  await install(url, RUNNER_SCHEMA, RUNNER_QUEUES);
  await install(url, BOSS_SCHEMA, [...SYSTEM_QUEUES]);
}

async function install(url: string, schema: string, queues: Queue[]): Promise<void> {
  const boss = new PgBoss({ connectionString: url, schema, max: 2, supervise: false, schedule: false, migrate: true, application_name: 'style-license migrate' });
  const failures: Error[] = [];
  boss.on('error', (error) => failures.push(error));
  await boss.start();
  try {
    const existing = new Set((await boss.getQueues()).map(({ name }) => name));
    for (const { name, ...options } of queues) {
      if (existing.has(name)) await boss.updateQueue(name, options);
      else await boss.createQueue(name, options);
    }
  } finally {
    await boss.stop({ graceful: false, close: true });
  }
  if (failures[0]) throw failures[0];
}
