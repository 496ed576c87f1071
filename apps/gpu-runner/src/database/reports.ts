/** What a runner tells the workers: an attempt started, an item came, the attempt ended. */
import type { Reason } from '@style-license/shared';
import { ATTEMPT_FINISHED, ATTEMPT_ITEM, ATTEMPT_STARTED, attemptFinishedMessage, attemptItemMessage, attemptStartedMessage, type ItemReport } from '@style-license/shared/server';
import type { PgBoss } from 'pg-boss';
import { ClaimLostError, completeClaim, touch, type Claim } from './claim.ts';
import type { Database, Sql } from './database.ts';

export interface RunnerIdentity {
  runnerId: string;
  runnerName: string;
}
export interface AttemptKey {
  jobId: string;
  attempt: number;
}
export interface AttemptEnd {
  reason: Reason;
  items: ItemReport[];
  startedAt: Date;
  log: string;
}

const LOG_MAX_CHARS = 4_000;

export async function reportStarted(boss: PgBoss, key: AttemptKey, runner: RunnerIdentity, startedAt: Date): Promise<void> {
  await send(boss, ATTEMPT_STARTED, attemptStartedMessage.parse({ ...key, ...runner, startedAt: startedAt.toISOString() }));
}

/** An item is delivered while the others are still being made. @throws ClaimLostError */
export async function reportItem(database: Database, boss: PgBoss, claim: Claim, key: AttemptKey, item: ItemReport): Promise<void> {
  const message = attemptItemMessage.parse({ ...key, item });
  await database.transaction(async (tx) => {
    if (!(await touch(boss, claim, tx))) throw new ClaimLostError(claim);
    await send(boss, ATTEMPT_ITEM, message, tx);
  });
}

/** Ends the attempt: the queue row and the message in one transaction, or neither. @throws ClaimLostError */
export async function reportFinished(database: Database, boss: PgBoss, claim: Claim, key: AttemptKey, runner: RunnerIdentity, end: AttemptEnd): Promise<void> {
  const message = attemptFinishedMessage.parse({
    ...key, ...runner, reason: end.reason, items: end.items,
    startedAt: end.startedAt.toISOString(), endedAt: new Date().toISOString(), log: end.log.slice(-LOG_MAX_CHARS),
  });
  await database.transaction(async (tx) => {
    await completeClaim(boss, claim, tx);
    await send(boss, ATTEMPT_FINISHED, message, tx);
  });
}

async function send(boss: PgBoss, queue: string, message: object, db?: Sql): Promise<void> {
  // Null means that the row was not written; a message lost in silence would leave its job hanging until the sweep.
  if ((await boss.send(queue, message, db ? { db } : {})) === null) throw new Error(`the queue ${queue} took no message`);
}
