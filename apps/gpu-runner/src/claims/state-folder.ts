/**
 * What a runner remembers over its own death: who it is, which claims it holds and which processes it started. One folder
 * belongs to one living runner; a second one in it would give back the claims of the first.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { processStartTime } from '../process/identity.ts';

export interface StateFolder {
  /** Stays the same over restarts, so that presence is one row. */
  runnerId: string;
  claims: string;
  /** Engines that stay up between jobs. */
  engines: string;
  timings: string;
  release: () => Promise<void>;
}

const holder = z.object({ pid: z.int(), startTime: z.string() });

/** @throws when another living runner holds the folder */
export async function openStateFolder(folder: string): Promise<StateFolder> {
  const claims = join(folder, 'claims');
  await mkdir(claims, { recursive: true });
  const lock = join(folder, 'runner.lock');
  await takeLock(lock, folder);
  return {
    runnerId: await rememberedId(join(folder, 'runner-id')),
    claims,
    engines: join(folder, 'engines'),
    timings: join(folder, 'timings.json'),
    release: () => rm(lock, { force: true }),
  };
}

async function takeLock(lock: string, folder: string): Promise<void> {
  const mine = JSON.stringify({ pid: process.pid, startTime: processStartTime(process.pid) });
  try {
    await writeFile(lock, mine, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const { pid, startTime } = holder.catch({ pid: 0, startTime: '' }).parse(parseOrNull(await readFile(lock, 'utf8')));
    if (pid !== process.pid && pid !== 0 && processStartTime(pid) === startTime) {
      throw new Error(`the runner with process id ${pid} uses ${folder} already; give each runner a RUNNER_NAME or RUNNER_STATE_DIR of its own`, { cause: error });
    }
    await writeFile(lock, mine);
  }
}

async function rememberedId(file: string): Promise<string> {
  const known = z.uuid().safeParse((await readFile(file, 'utf8').catch(() => '')).trim());
  if (known.success) return known.data;
  const runnerId = randomUUID();
  await writeFile(file, runnerId);
  return runnerId;
}

export function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Cut off by a crash in the middle of writing: as good as not there.
    return null;
  }
}
