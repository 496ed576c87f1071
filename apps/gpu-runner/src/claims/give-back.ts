/** What a runner does before it claims anything: end the engines of its former life, and give its jobs back (R5). */
import { setTimeout as delay } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import { ClaimLostError } from '../database/claim.ts';
import { untilAnswered, type Database } from '../database/database.ts';
import { reportFinished, type RunnerIdentity } from '../database/reports.ts';
import { groupMembers, processStartTime } from '../process/identity.ts';
import { signalGroup } from '../process/supervise.ts';
import { takeEngineRecords } from './engine-record.ts';
import { readClaimRecords, removeClaimRecord, type ClaimRecord } from './claim-record.ts';

const KILL_WAIT_MS = 5_000;

export interface GiveBackDeps {
  database: Database;
  boss: PgBoss;
  runner: RunnerIdentity;
  log: Logger;
  signal: AbortSignal;
}

/**
 * Ends every recorded process group that is still the one recorded: a number alone may be somebody else's by now. Its leader may
 * have ended and left children behind; they keep its number taken.
 */
export async function endFormerEngines(folders: { claims: string; engines: string }, log: Logger): Promise<void> {
  const groups = [...readClaimRecords(folders.claims).map(({ group }) => group), ...takeEngineRecords(folders.engines)];
  for (const group of groups) {
    if (group === null || !isLeft(group)) continue;
    log.warn({ pid: group.pid }, 'ending an engine left by a former run');
    // No grace: nobody is left to take its result.
    signalGroup(group.pid, 'SIGKILL');
    const deadline = performance.now() + KILL_WAIT_MS;
    while (isLeft(group) && performance.now() < deadline) await delay(10);
  }
}

function isLeft(group: NonNullable<ClaimRecord['group']>): boolean {
  const leader = processStartTime(group.pid);
  return leader === group.startTime || (leader === null && groupMembers(group.pid).length > 0);
}

/** Reports every recorded attempt as lost, so that it is tried again at once and not when its heartbeat runs out. */
export async function giveBackClaims(folder: string, deps: GiveBackDeps): Promise<void> {
  for (const claim of readClaimRecords(folder)) {
    await giveBack(claim, deps);
    removeClaimRecord(folder, claim.id);
  }
}

async function giveBack(claim: ClaimRecord, { database, boss, runner, log, signal }: GiveBackDeps): Promise<void> {
  const { jobId, attempt } = claim;
  try {
    const end = { reason: 'lost' as const, items: [], startedAt: new Date(claim.startedAt), log: 'the runner was stopped in the middle of this attempt' };
    await untilAnswered(() => reportFinished(database, boss, claim, { jobId, attempt }, runner, end), log, signal);
    log.warn({ jobId, attempt }, 'gave back a job of a former run');
  } catch (error) {
    // The queue noticed first: the attempt was taken as lost, or the job was cancelled.
    if (!(error instanceof ClaimLostError)) throw error;
  }
}
