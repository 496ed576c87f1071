import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
      // A link appears whole or not at all, and only for one of two.
      const taken = await link(mine, path).then(() => true, (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
        return false;
      });
      if (taken) break;
      const text = await readFile(path, 'utf8').catch(() => undefined);
      if (text === undefined) continue; // given back between the two
      const holder = JSON.parse(text) as Holder;
      if (isStillRunning(holder)) throw new AlreadyRunning(dataDir, holder);
      // Moved, not removed: of two that find a dead holder, one moves it and the other goes round again.
      await rename(path, `${mine}.dead`).catch(() => undefined);
      await rm(`${mine}.dead`, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
  return async () => await rm(path, { force: true });
}
