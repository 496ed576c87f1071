/**
 * Claims on queue rows, fenced: every call names the row *and* the fetch that took it, so that a runner which slept through
 * the loss of its claim can neither refresh nor complete what another has taken since (R1).
 */
import { RUNNER_SCHEMA } from '@style-license/shared/server';
import type { PgBoss } from 'pg-boss';
import * as z from 'zod';
import type { Head } from '../warm-first.ts';
import type { Sql } from './database.ts';

export interface Claim {
  queue: string;
  /** The dispatch: one queue row is one attempt. */
  id: string;
  retryCount: number;
}
export interface ClaimedRow extends Claim {
  data: unknown;
}

/** The claim went to another, was cancelled, or expired: nothing of this attempt may be written any more. */
export class ClaimLostError extends Error {
  constructor(claim: Claim) {
    super(`the claim on ${claim.id} is lost`);
    this.name = 'ClaimLostError';
  }
}

/**
 * The queue whose head is due first over all kinds. Greater priority first: a fair turn is a turn across kinds too (R6).
 * One probe of pg-boss's fetch index (name, priority desc, created_on) per queue.
 */
const DUE_FIRST = `
  SELECT queue.name AS queue, head.id
  FROM unnest($1::text[]) AS queue (name)
  CROSS JOIN LATERAL (
    SELECT id, priority, created_on FROM ${RUNNER_SCHEMA}.job
    WHERE name = queue.name AND state < 'active' AND NOT blocked AND start_after <= ${RUNNER_SCHEMA}.job_now()
    ORDER BY priority DESC, created_on
    LIMIT 1
  ) AS head
  ORDER BY head.priority DESC, head.created_on`;

/** Takes the job that is due first, or null when there is none. `inOrder` may let others go before it. */
export async function claimNext(boss: PgBoss, sql: Sql, queues: readonly string[], inOrder: (heads: readonly Head[]) => readonly string[] = takenInTurn): Promise<ClaimedRow | null> {
  const { rows } = (await sql.executeSql(DUE_FIRST, [queues])) as { rows: Head[] };
  for (const queue of inOrder(rows)) {
    const [row] = await boss.fetch<unknown>(queue);
    if (row) return { queue, id: row.id, retryCount: row.retryCount, data: row.data };
  }
  return null;
}

const takenInTurn = (heads: readonly Head[]): string[] => heads.map(({ queue }) => queue);

/** Says that this runner still works on it. False: the claim is lost or was cancelled. */
export async function touch(boss: PgBoss, claim: Claim, db?: Sql): Promise<boolean> {
  return affected(await boss.touch(claim.queue, { id: claim.id, retryCount: claim.retryCount }, db ? { db } : {})) === 1;
}

/** Ends the queue row within a transaction. @throws ClaimLostError, which rolls the transaction back */
export async function completeClaim(boss: PgBoss, claim: Claim, db: Sql): Promise<void> {
  if (affected(await boss.complete(claim.queue, { id: claim.id, retryCount: claim.retryCount }, undefined, { db })) !== 1) throw new ClaimLostError(claim);
}

/** How many rows a command of pg-boss changed: it tells, and its types do not. */
const commandResponse = z.object({ affected: z.int() });
const affected = (response: object): number => commandResponse.parse(response).affected;
