import { randomUUID } from 'node:crypto';
import { copyFile, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, isStillRunning, type ProcessIdentity } from './process-identity.ts';

interface Holder extends ProcessIdentity { url: string }

/** Another start owns this data folder. */
export class AlreadyRunning extends Error {
  constructor(dataDir: string, holder: Holder) {
    super(`Style License already runs with this data (pid ${holder.pid}, ${holder.url}).\nStop it first, or start a second one with data of its own: DATA_DIR=… PORT=… npm start\n(${dataDir})`);
  }
}

/** One start a data folder. Returns how to give it back; the lock of a killed start is taken over. */
export async function takeStartLock(dataDir: string, url: string): Promise<() => Promise<void>> {
  const path = join(dataDir, 'start.lock');
  await mkdir(dataDir, { recursive: true, mode: 0o755 });
  const me = identify(process.pid);
  if (!me) throw new Error('This system does not tell when a process began.');
  const mine = `${path}.${randomUUID()}`;
  await writeFile(mine, JSON.stringify({ ...me, url } satisfies Holder));
  try {
    for (;;) {
      const holder = await take(path, mine);
      if (!holder) return async () => await rm(path, { force: true });
      if (isStillRunning(holder)) throw new AlreadyRunning(dataDir, holder);
      await delay(5); // another start is taking over from a dead one; see what becomes of it
    }
  } finally {
    await rm(mine, { force: true });
  }
}

/**
 * Takes a lock, or tells who has it. A dead holder's lock may be replaced only by who has the lock for replacing that very holder:
 * without it, of two that found the same dead one, the slower would remove the lock of the faster.
 */
async function take(path: string, mine: string): Promise<Holder | undefined> {
  // A link appears whole or not at all, and only for one of two.
  const taken = await link(mine, path).then(() => true, (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    return false;
  });
  if (taken) return undefined;
  const holder = await read(path);
  if (!holder) return await take(path, mine); // given back between the two
  if (isStillRunning(holder)) return holder;
  const right = `${path}.after-${holder.pid}`;
  if (await take(right, mine)) return holder;
  try {
    const now = await read(path);
    if (now && !isStillRunning(now)) {
      const copy = `${mine}.copy`;
      await copyFile(mine, copy);
      await rename(copy, path);
      return undefined;
    }
    return now ?? holder;
  } finally {
    await rm(right, { force: true });
  }
}

async function read(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  return text === undefined ? undefined : (JSON.parse(text) as Holder);
}
