/** The note on disk of each claim held, so that a runner killed in the middle of a job knows what it owes (R5). */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { processStartTime } from '../process/identity.ts';
import { parseOrNull } from './state-folder.ts';

const record = z.object({
  queue: z.string(), id: z.uuid(), retryCount: z.int(),
  jobId: z.uuid(), attempt: z.int().positive(), startedAt: z.iso.datetime(),
  /** The engine's process group and when it began; null before it was started. */
  group: z.object({ pid: z.int().positive(), startTime: z.string() }).nullable(),
});
export type ClaimRecord = z.infer<typeof record>;
export type ProcessGroup = NonNullable<ClaimRecord['group']>;

const fileOf = (folder: string, id: string): string => join(folder, `${id}.json`);

/** Written at once and whole: it must stand before the engine runs, and never half. */
export function writeClaimRecord(folder: string, claim: ClaimRecord): void {
  const file = fileOf(folder, claim.id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.part`, JSON.stringify(claim));
  renameSync(`${file}.part`, file);
}

export function removeClaimRecord(folder: string, id: string): void {
  rmSync(fileOf(folder, id), { force: true });
}

export function readClaimRecords(folder: string): ClaimRecord[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => record.safeParse(parseOrNull(readFileSync(join(folder, name), 'utf8'))).data ?? []);
}

/** The group of a process that runs now; null when it has ended already. */
export function processGroup(pid: number): ClaimRecord['group'] {
  const startTime = processStartTime(pid);
  return startTime === null ? null : { pid, startTime };
}
